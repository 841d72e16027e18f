import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ApiServer } from "./api-server";
import { type Answer, ask } from "./ask";
import { Pod } from "./pod";
import type { Server } from "./servers";
import { until } from "./servers";
import { tool } from "./tools";
import { Workloads } from "./workloads";

const NAME = "consul.consul.svc";

/** One of Consul's servers. */
export interface Member {
  readonly pod: Pod;
  server: Server;
}

/**
 * The platform's Consul, run from what the API holds: its jobs make the secrets, its servers are the StatefulSet's pods. What is
 * told to a server beside its own configuration is its address, since the pods share one network.
 */
export class LiveConsul {
  readonly workloads: Workloads;
  readonly members: Member[] = [];

  private constructor(private readonly api: ApiServer) {
    this.workloads = new Workloads(api, "consul");
  }

  /** @param api where the platform's stack is applied */
  static async start(api: ApiServer): Promise<LiveConsul> {
    const consul = new LiveConsul(api);
    const hosts = consul.hosts;
    const objects = await consul.workloads.replicas("consul");
    const addresses = objects.map((_, i) => `${api.network}.${11 + i}`);
    const job = { address: `${api.network}.9`, hosts };
    await consul.workloads.job("consul-secrets", job);
    // It makes Secrets that the servers wait for, and then waits for the servers.
    const tokens = consul.workloads.job("consul-tokens", { ...job, address: `${api.network}.10` });
    tokens.catch(() => undefined);
    await until("the servers' Secrets are there", () =>
      Promise.resolve(Object.keys(consul.workloads.secret("consul-dns-token")).length > 0),
    );
    writeFileSync(consul.caFile, consul.workloads.secret("consul-tls")["ca.crt"] ?? "");
    const pods = objects.map((object, i) => {
      const address = addresses[i] ?? "";
      const own = JSON.stringify({ bind_addr: address, client_addr: address });
      return new Pod(api, object, {
        address,
        hosts,
        files: { "/test/address.json": own },
        args: ["-config-dir=/test"],
      });
    });
    const servers = await Promise.all(pods.map((pod) => pod.start(() => consul.isReady(pod))));
    for (const [i, pod] of pods.entries()) {
      const server = servers[i];
      if (server) consul.members.push({ pod, server });
    }
    await tokens;
    return consul;
  }

  /** What cluster DNS would say: of its servers, and of the API. */
  get hosts(): [address: string, name: string][] {
    const { network, address } = this.api;
    const servers = [0, 1, 2].map((i): [number, string] => [i, `${network}.${11 + i}`]);
    return [
      [address, "kubernetes.default.svc"],
      ...servers.flatMap(([i, server]) =>
        [`consul-${i}.consul-server.consul.svc`, "consul-server.consul.svc", NAME].map(
          (name): [string, string] => [server, name],
        ),
      ),
    ];
  }

  /** The token that may do everything. */
  get managementToken(): string {
    return this.workloads.secret("consul-management")["token"] ?? "";
  }

  get caFile(): string {
    return path.join(this.api.directory, "consul-ca.crt");
  }

  /** Consul's own command line against one server, by default with the management token. */
  async cli(args: readonly string[], { member = this.members[0], token = this.managementToken } = {}) {
    const { stdout } = await promisify(execFile)(tool("consul"), args, {
      cwd: this.api.directory,
      env: {
        CONSUL_HTTP_ADDR: `https://${member?.pod.address}:8501`,
        CONSUL_TLS_SERVER_NAME: NAME,
        CONSUL_CACERT: this.caFile,
        ...(token === "" ? {} : { CONSUL_HTTP_TOKEN: token }),
      },
    });
    return stdout.trim();
  }

  /** The member that leads, once all that run name the same one. */
  async leader(): Promise<Member> {
    let leader: Member | undefined;
    await until("the members agree on a leader", async () => {
      const running = this.members.filter(({ server }) => server.running);
      const named = await Promise.all(running.map((member) => this.status(member)));
      leader = running.find(({ pod }) => named.every((address) => address === `${pod.address}:8300`));
      return leader !== undefined;
    });
    if (leader === undefined) throw new Error("there is no leader");
    return leader;
  }

  private async status(member: Member): Promise<string> {
    const response = await this.request("GET", "/v1/status/leader", { member });
    return JSON.parse(response.body) as string;
  }

  /** Asks one server's API, by default without a token. */
  request(
    method: string,
    question: string,
    {
      member = this.members[0],
      token = "",
      body = "",
    }: { member?: Member | undefined; token?: string; body?: string } = {},
  ): Promise<Answer> {
    return ask({
      ...{ method, address: member?.pod.address ?? "", port: 8501, path: question },
      ...{ name: NAME, caFile: this.caFile, body },
      headers: token === "" ? {} : { "X-Consul-Token": token },
    });
  }

  /** What its probes say. They ask 127.0.0.1, which is not one pod's alone here. */
  isReady(pod: Pod): Promise<boolean> {
    return pod.isReady((command) =>
      command.replaceAll("127.0.0.1", `${pod.object.metadata.name}.consul-server.consul.svc`),
    );
  }

  async restart(member: Member): Promise<void> {
    member.server = await member.pod.start(() => this.isReady(member.pod));
  }

  async stop(): Promise<void> {
    for (const { server } of this.members) await server.end("SIGKILL");
  }
}
