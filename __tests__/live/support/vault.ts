import { writeFileSync } from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import type { ApiServer } from "./api-server";
import { type Answer, ask } from "./ask";
import type { LiveConsul } from "./consul";
import { Pod } from "./pod";
import { Server, until } from "./servers";
import { TransitSeal } from "./transit-seal";
import { Workloads } from "./workloads";

const NAME = "vault.vault.svc";

export interface VaultMember {
  readonly pod: Pod;
  server: Server;
}

export interface Health {
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly standby: boolean;
}

/**
 * The platform's Vault, run from what the API holds. Two things are changed in its configuration: its servers listen on the pod's
 * address, since the pods share one network, and the cloud's key is Vault's transit engine in a further server.
 */
export class LiveVault {
  readonly workloads: Workloads;
  readonly members: VaultMember[] = [];
  private readonly relays: net.Server[] = [];

  private constructor(
    private readonly api: ApiServer,
    readonly seal: TransitSeal,
  ) {
    this.workloads = new Workloads(api, "vault");
  }

  /** @param consul where it keeps what is in it; without, its servers do that themselves */
  static async start(api: ApiServer, consul?: LiveConsul): Promise<LiveVault> {
    const vault = new LiveVault(api, await TransitSeal.start(api));
    const objects = await vault.workloads.replicas("vault");
    const addresses = objects.map((_, i) => `${api.network}.${21 + i}`);
    const hosts: [string, string][] = [
      [api.address, "kubernetes.default.svc"],
      ...(consul?.hosts ?? []),
      ...addresses.flatMap((address, i): [string, string][] => [
        [address, `vault-${i}.vault-internal.vault.svc`],
        [address, NAME],
      ]),
    ];
    const job = { address: `${api.network}.19`, hosts };
    await vault.workloads.job("vault-secrets", job);
    if (consul) await consul.workloads.job("consul-token-vault", job);
    writeFileSync(vault.caFile, vault.workloads.secret("vault-tls")["ca.crt"] ?? "");
    const pods = objects.map((object, i) => {
      const address = addresses[i] ?? "";
      const files = { "/vault/config/vault.json": vault.configuration(address) };
      return new Pod(api, object, { address, hosts, files, container: "vault" });
    });
    for (const pod of pods) {
      vault.members.push({ pod, server: await pod.start(() => vault.answers(pod)) });
    }
    return vault;
  }

  get caFile(): string {
    return path.join(this.api.directory, "vault-ca.crt");
  }

  /** What the servers have printed. */
  get log(): string {
    return this.members.map(({ server }) => server.log).join("\n");
  }

  /** What a server says of itself. */
  async health({ pod }: Pick<VaultMember, "pod">): Promise<Health> {
    const { body } = await this.request("GET", "/v1/sys/health", { address: pod.address });
    return JSON.parse(body) as Health;
  }

  /** The server that is active, once there is one and all that run are unsealed. */
  async active(): Promise<VaultMember> {
    let active: VaultMember | undefined;
    await until("one is active, and all are unsealed", async () => {
      const running = this.members.filter(({ server }) => server.running);
      const healths = await Promise.all(running.map((member) => this.health(member)));
      active = running.find((_, i) => healths[i]?.standby === false && !healths[i].sealed);
      return active !== undefined && healths.every(({ sealed }) => !sealed);
    });
    if (active === undefined) throw new Error("none is active");
    return active;
  }

  async restart(member: VaultMember): Promise<void> {
    member.server = await member.pod.start(() => this.answers(member.pod));
  }

  /** Asks one server's API, by default without a token. */
  request(
    method: string,
    question: string,
    {
      address = this.members[0]?.pod.address ?? "",
      token = "",
      body = {},
    }: { address?: string; token?: string; body?: object } = {},
  ): Promise<Answer> {
    return ask({
      ...{ method, address, port: 8200, path: question, name: NAME, caFile: this.caFile },
      headers: token === "" ? {} : { "X-Vault-Token": token },
      body: method === "GET" ? "" : JSON.stringify(body),
    });
  }

  /** A way to a server from 127.0.0.1, as `kubectl port-forward` makes one. @returns its address */
  forward({ pod }: VaultMember): Promise<string> {
    const relay = net.createServer((socket) => {
      const on = net.connect(8200, pod.address);
      socket.pipe(on).pipe(socket);
      for (const one of [socket, on]) one.on("error", () => [socket, on].forEach((end) => end.destroy()));
    });
    this.relays.push(relay);
    return new Promise((resolve) => {
      relay.listen(0, "127.0.0.1", () => {
        resolve(`https://127.0.0.1:${(relay.address() as net.AddressInfo).port}`);
      });
    });
  }

  async stop(): Promise<void> {
    for (const relay of this.relays) relay.close();
    for (const { server } of this.members) await server.end("SIGKILL");
    await this.seal.stop();
  }

  private async answers(pod: Pod): Promise<boolean> {
    return typeof (await this.health({ pod })).sealed === "boolean";
  }

  private configuration(address: string): string {
    const { data } = this.api.get<{ data: Record<string, string> }>(
      ...["configmap", "vault", "--namespace", "vault"],
    );
    const { seal, listener, ...rest } = JSON.parse(data["vault.json"] ?? "") as Rendered;
    if (seal === undefined) throw new Error("the configuration has no seal");
    return JSON.stringify({
      ...rest,
      listener: listener.map(({ tcp }) => ({
        tcp: {
          ...tcp,
          address: tcp.address.replace("0.0.0.0", address),
          cluster_address: tcp.cluster_address.replace("0.0.0.0", address),
        },
      })),
      seal: this.seal.stanza,
    });
  }
}

interface Rendered {
  readonly seal?: object;
  readonly listener: readonly {
    readonly tcp: { readonly address: string; readonly cluster_address: string };
  }[];
}
