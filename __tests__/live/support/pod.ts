import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { ApiServer } from "./api-server";
import { type Mount, unpackImage } from "./image";
import type { Container, PodObject, Variable } from "./pod-object";
import { recorder } from "./process-list";
import { Server } from "./servers";
import { Volumes } from "./volumes";

export interface PodOptions {
  /** The address that is the pod's. */
  readonly address: string;
  /** Other names and their addresses, as cluster DNS would say them. */
  readonly hosts: readonly (readonly [address: string, name: string])[];
  /** Files that replace those of a volume, by their path in the container. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the container gets as arguments beside its own. */
  readonly args?: readonly string[];
  /** Which of its containers is run, where it has several. */
  readonly container?: string;
}

/**
 * Runs a pod that the API has admitted, in place of the kubelet that is not there: its own command, environment, user and
 * volumes, in a root of its own that is read-only. What it shares with the machine is the network.
 */
export class Pod {
  private readonly directory: string;

  constructor(
    private readonly api: ApiServer,
    readonly object: PodObject,
    private readonly options: PodOptions,
  ) {
    const { namespace, name } = object.metadata;
    this.directory = path.join(api.directory, "pods", `${namespace}-${name}`);
  }

  get address(): string {
    return this.options.address;
  }

  /** Starts its container, and waits until it is ready. */
  start(ready: () => Promise<boolean>): Promise<Server> {
    return this.launch(this.container, ready, { more: this.options.args });
  }

  /**
   * Runs its containers to their end, one after the other: those of a job. What they execute is recorded.
   *
   * @throws Error with what they print, where one fails
   */
  async run(): Promise<void> {
    const { initContainers = [], containers } = this.object.spec;
    const under = recorder(path.join(this.api.directory, `${this.name}.executed`));
    for (const container of [...initContainers, ...containers]) {
      const server = await this.launch(container, () => Promise.resolve(true), { under });
      const status = await server.ended;
      if (status !== 0) throw new Error(`${this.name} ended with ${status}:\n${server.log}`);
    }
  }

  /**
   * Whether it has started and is ready, as its probes say.
   *
   * @param change what has to be another word here
   */
  async isReady(change: (word: string) => string): Promise<boolean> {
    const { startupProbe, readinessProbe } = this.container;
    for (const probe of [startupProbe, readinessProbe]) {
      if (probe?.exec === undefined) throw new Error(`${this.name} has no such probe`);
      if (!(await this.succeeds(probe.exec.command.map(change)))) return false;
    }
    return true;
  }

  private async succeeds(command: readonly string[]): Promise<boolean> {
    const probe = spawn("unshare", ["--mount", "--uts", path.join(__dirname, "pod.sh"), ...command], {
      env: this.surroundings(this.container),
      stdio: "ignore",
    });
    return (await new Promise((resolve) => probe.once("exit", resolve))) === 0;
  }

  private get name(): string {
    return `${this.object.metadata.namespace}-${this.object.metadata.name}`;
  }

  private get container(): Container {
    const { containers } = this.object.spec;
    const { container: name } = this.options;
    const [found, ...others] = containers.filter((one) => name === undefined || one.name === name);
    if (found === undefined || others.length > 0) throw new Error(`${this.name}: which container is meant?`);
    return found;
  }

  private launch(
    container: Container,
    ready: () => Promise<boolean>,
    { more = [], under = [] }: { more?: readonly string[] | undefined; under?: readonly string[] } = {},
  ): Promise<Server> {
    const { root, list } = this.places(container);
    mkdirSync(root, { recursive: true });
    const mounts = [...unpackImage(container.image, root), ...this.mounts(container, root)];
    writeFileSync(list, mounts.map(({ source, target, mode }) => `${source} ${target} ${mode}\n`).join(""));
    const env = this.environment(container);
    const argv = [...(container.command ?? []), ...(container.args ?? []), ...more].map((word) =>
      expand(word, env),
    );
    return Server.start(
      this.api.directory,
      {
        name: this.name,
        file: "env",
        args: [...under, "unshare", "--mount", "--uts", path.join(__dirname, "pod.sh"), ...argv],
        env: this.surroundings(container),
      },
      ready,
    );
  }

  private places({ name }: Container) {
    return {
      root: path.join(this.directory, `${name}.root`),
      list: path.join(this.directory, `${name}.mounts`),
    };
  }

  /** What pod.sh reads, and the command gets. */
  private surroundings(container: Container): Record<string, string> {
    const { root, list } = this.places(container);
    const { runAsUser = 0, runAsGroup = 0, fsGroup = runAsGroup } = this.object.spec.securityContext ?? {};
    return {
      ...{ PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/" },
      ...this.environment(container),
      ...{ POD_NAME: this.object.metadata.name, POD_ROOT: root, POD_MOUNTS: list },
      ...{ POD_USER: `${runAsUser}`, POD_GROUP: `${runAsGroup}`, POD_GROUPS: `${fsGroup}` },
    };
  }

  private mounts(container: Container, root: string): Mount[] {
    const volumes = new Volumes(
      this.api,
      this.object,
      path.join(this.directory, "volumes"),
      path.join(this.api.directory, "claims", this.object.metadata.namespace),
    );
    const made = new Map(this.object.spec.volumes?.map((volume) => [volume.name, volumes.make(volume)]));
    const hosts = path.join(this.directory, "hosts");
    const names = [
      ["127.0.0.1", "localhost"],
      [this.address, this.object.metadata.name],
      ...this.options.hosts,
    ];
    writeFileSync(hosts, names.map(([address, name]) => `${address} ${name}\n`).join(""));
    const mounts: Mount[] = [{ source: hosts, target: "/etc/hosts", mode: "ro" }];
    for (const { name, mountPath, readOnly = false, subPath } of container.volumeMounts ?? []) {
      const volume = made.get(name);
      if (volume === undefined) throw new Error(`${this.name} has no volume ${name}`);
      if (subPath !== undefined) throw new Error(`nobody has said how a part of ${name} is mounted`);
      mounts.push({ source: volume, target: mountPath, mode: readOnly ? "ro" : "rw" });
    }
    for (const { target } of mounts.slice(1)) mkdirSync(path.join(root, target), { recursive: true });
    writeFileSync(path.join(root, "etc/hosts"), "");
    Object.entries(this.options.files ?? {}).forEach(([target, content], i) => {
      const source = path.join(this.directory, `file-${i}`);
      writeFileSync(source, content, { mode: 0o644 });
      mkdirSync(path.join(root, path.dirname(target)), { recursive: true });
      writeFileSync(path.join(root, target), "");
      mounts.push({ source, target, mode: "ro" });
    });
    return mounts;
  }

  private environment(container: Container): Record<string, string> {
    const env: Record<string, string> = {
      KUBERNETES_SERVICE_HOST: this.api.address,
      KUBERNETES_SERVICE_PORT: `${this.api.port}`,
    };
    for (const variable of container.env ?? []) {
      env[variable.name] = expand(this.value(variable), env);
    }
    return env;
  }

  private value({ name, value = "", valueFrom }: Variable): string {
    if (valueFrom === undefined) return value;
    if (valueFrom.fieldRef) {
      const { fieldPath } = valueFrom.fieldRef;
      if (fieldPath === "status.podIP") return this.address;
      return new Volumes(this.api, this.object, "", "").field(fieldPath);
    }
    const [kind, key] = valueFrom.secretKeyRef
      ? (["secret", valueFrom.secretKeyRef] as const)
      : (["configmap", valueFrom.configMapKeyRef] as const);
    if (key === undefined) throw new Error(`nobody has said what ${name} is`);
    const { data } = this.api.get<{ data: Record<string, string> }>(
      ...[kind, key.name, "--namespace", this.object.metadata.namespace],
    );
    return Buffer.from(data[key.key] ?? "", kind === "secret" ? "base64" : "utf8").toString();
  }
}

/** Kubernetes' `$(NAME)`, of what is known before. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\(([A-Za-z_]\w*)\)/g, (whole, name: string) => env[name] ?? whole);
}
