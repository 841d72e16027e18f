import { randomInt } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { freePort } from "../../nodes/support/shell";
import { ask } from "./ask";
import { Server } from "./servers";
import { output, tool } from "./tools";

/** What every cluster keeps by itself, and writes to whatever happens. */
const OWN_BUSINESS = /^(Event|Lease|ComponentStatus|APIService|FlowSchema|PriorityLevelConfiguration)$/;

/** A client's certificate, PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

/**
 * A real control plane on the loopback: etcd, kube-apiserver and kube-controller-manager, with certificates of kubeadm's own
 * phases and the admission that is on by default, PodSecurity among it. There is no scheduler and no machine: a pod is created
 * or refused, and never starts.
 */
export class ApiServer {
  private servers: Server[] = [];

  readonly port = 443;

  /** @param network the first three numbers of the loopback addresses that are this cluster's alone, such as "127.4.17" */
  private constructor(
    readonly directory: string,
    readonly network: string,
  ) {}

  static async start(directory: string): Promise<ApiServer> {
    // Of 127.0.0.0/8, all of which is the loopback's: so ports can be those that the configuration names.
    const network = `127.${randomInt(1, 250)}.${randomInt(1, 250)}`;
    const api = new ApiServer(directory, network);
    mkdirSync(api.pki, { recursive: true });
    const kubeadm = (...args: string[]) =>
      output(tool("kubeadm"), ["init", "phase", ...args, "--cert-dir", api.pki]);
    const extra = ["--apiserver-cert-extra-sans", api.address];
    kubeadm("certs", "all", "--kubernetes-version", "v1.36.0", ...extra);
    for (const who of ["super-admin", "controller-manager"]) {
      kubeadm("kubeconfig", who, "--kubeconfig-dir", directory);
      // kubeadm takes no loopback address.
      const file = path.join(directory, `${who}.conf`);
      writeFileSync(file, readFileSync(file, "utf8").replace(/server: .*/, `server: ${api.url}`));
    }
    try {
      await api.launch();
    } catch (error) {
      await api.stop();
      throw error;
    }
    return api;
  }

  /** Where it listens, as in a cluster the Service `kubernetes` does. */
  get address(): string {
    return `${this.network}.1`;
  }

  get url(): string {
    return `https://${this.address}:${this.port}`;
  }

  /** The cluster's CA, PEM. */
  get ca(): string {
    return readFileSync(path.join(this.pki, "ca.crt"), "utf8");
  }

  get caFile(): string {
    return path.join(this.pki, "ca.crt");
  }

  /** A certificate of an hour that the cluster's CA signs, as a master makes them. */
  certificate(user: string, group: string): ClientCertificate {
    const file = (ending: string) => path.join(this.directory, `${user}.${ending}`);
    const subject = `/O=${group}/CN=${user}`;
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    output("openssl", ["req", ...curve, ...["-keyout", file("key"), "-out", file("csr"), "-subj", subject]]);
    const signer = ["-CA", this.caFile, "-CAkey", path.join(this.pki, "ca.key"), "-CAcreateserial"];
    writeFileSync(file("ext"), "extendedKeyUsage=clientAuth\n");
    output("openssl", [
      ...["x509", "-req", "-in", file("csr"), ...signer, "-days", "1"],
      ...["-extfile", file("ext"), "-out", file("crt")],
    ]);
    return this.certificateOf(user);
  }

  /** The one that was made last. */
  certificateOf(user: string): ClientCertificate {
    const read = (ending: string) => readFileSync(path.join(this.directory, `${user}.${ending}`), "utf8");
    return { certificate: read("crt"), key: read("key") };
  }

  /** kubectl with all rights. */
  kubectl(...args: readonly string[]): string {
    return output(tool("kubectl"), ["--kubeconfig", this.kubeconfig, ...args]);
  }

  apply(...manifests: readonly object[]): void {
    const items = { apiVersion: "v1", kind: "List", items: manifests };
    output(tool("kubectl"), ["--kubeconfig", this.kubeconfig, "apply", "-f", "-"], {
      input: JSON.stringify(items),
    });
  }

  get<T>(...what: readonly string[]): T {
    return JSON.parse(this.kubectl("get", ...what, "--output", "json")) as T;
  }

  /** Every object that the API lists, as `kind namespace/name`, but for what the cluster is busy with by itself. */
  objects(): string[] {
    const types = this.kubectl("api-resources", "--verbs", "list", "--output", "name").trim().split("\n");
    const kept = types.filter((type) => !/^(events|leases|componentstatuses)\b/.test(type));
    const { items } = this.get<{ items: Listed[] }>(kept.join(","), "--all-namespaces");
    return items
      .filter(({ kind }) => !OWN_BUSINESS.test(kind))
      .map(({ kind, metadata: { namespace = "", name } }) => `${kind} ${namespace}/${name}`)
      .sort();
  }

  /** Every object that the API lists but for Secrets, as it is written out: pods with their environment among them. */
  get descriptions(): string {
    const types = this.kubectl("api-resources", "--verbs", "list", "--output", "name").trim().split("\n");
    const shown = types.filter((type) => !/^(secrets|componentstatuses)\b/.test(type));
    return this.kubectl("get", shown.join(","), "--all-namespaces", "--output", "json");
  }

  async stop(): Promise<void> {
    for (const server of this.servers.reverse()) await server.end("SIGKILL");
    this.servers = [];
  }

  get logs(): string {
    return this.servers.map(({ log }) => log).join("\n");
  }

  get pids(): number[] {
    return this.servers.map(({ pid }) => pid);
  }

  private get pki(): string {
    return path.join(this.directory, "pki");
  }

  private get kubeconfig(): string {
    return path.join(this.directory, "super-admin.conf");
  }

  private async launch(): Promise<void> {
    const start = async (name: string, file: string, flags: object, ready: () => Promise<boolean>) => {
      const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
      this.servers.push(await Server.start(this.directory, { name, file: tool(file), args }, ready));
    };
    const pki = (name: string) => path.join(this.pki, name);
    const [client, peer] = [await freePort(), await freePort()].map((port) => `https://127.0.0.1:${port}`);
    const etcd = {
      name: "master",
      "data-dir": path.join(this.directory, "etcd"),
      "log-level": "error",
      "listen-client-urls": client,
      "advertise-client-urls": client,
      "listen-peer-urls": peer,
      "initial-advertise-peer-urls": peer,
      "initial-cluster": `master=${peer}`,
      "cert-file": pki("etcd/server.crt"),
      "key-file": pki("etcd/server.key"),
      "trusted-ca-file": pki("etcd/ca.crt"),
      "client-cert-auth": true,
      "peer-cert-file": pki("etcd/peer.crt"),
      "peer-key-file": pki("etcd/peer.key"),
      "peer-trusted-ca-file": pki("etcd/ca.crt"),
      // A test's data needs no disk's promise.
      "unsafe-no-fsync": true,
    };
    await start("etcd", "etcd-3.6", etcd, () => Promise.resolve(true));
    const server = {
      ...{ "bind-address": this.address, "advertise-address": this.address, "secure-port": this.port },
      // The address of a loopback is none that a Service may have, so nothing writes it there.
      "endpoint-reconciler-type": "none",
      "etcd-servers": client,
      "etcd-cafile": pki("etcd/ca.crt"),
      "etcd-certfile": pki("apiserver-etcd-client.crt"),
      "etcd-keyfile": pki("apiserver-etcd-client.key"),
      "client-ca-file": pki("ca.crt"),
      "tls-cert-file": pki("apiserver.crt"),
      "tls-private-key-file": pki("apiserver.key"),
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      "service-cluster-ip-range": "10.96.0.0/12",
      "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
      "service-account-key-file": pki("sa.pub"),
      "service-account-signing-key-file": pki("sa.key"),
    };
    await start("kube-apiserver", "kube-apiserver", server, () => this.answers("/readyz"));
    const manager = {
      kubeconfig: path.join(this.directory, "controller-manager.conf"),
      ...{ "bind-address": "127.0.0.1", "secure-port": await freePort(), "leader-elect": false },
      "root-ca-file": pki("ca.crt"),
      "service-account-private-key-file": pki("sa.key"),
      "use-service-account-credentials": true,
    };
    await start("kube-controller-manager", "kube-controller-manager", manager, () => this.hasAccounts());
  }

  /** Whether an account is made in a namespace, which no pod is admitted before. */
  private hasAccounts(): Promise<boolean> {
    return Promise.resolve(this.kubectl("get", "serviceaccount", "default", "--output", "name") !== "");
  }

  private async answers(question: string): Promise<boolean> {
    const { address, port, caFile } = this;
    const name = "kubernetes.default.svc";
    return (await ask({ method: "GET", address, port, path: question, name, caFile })).status === 200;
  }
}

interface Listed {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}
