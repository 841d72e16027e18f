import { chmodSync, chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { ApiServer } from "./api-server";
import type { Files, PodObject, Volume } from "./pod-object";

type Contents = Record<string, Buffer>;

/** Makes a pod's volumes as kubelet would, from what the API holds now. */
export class Volumes {
  /** @param claims where volumes are that outlive their pod, by the name of their claim */
  constructor(
    private readonly api: ApiServer,
    private readonly pod: PodObject,
    private readonly directory: string,
    private readonly claims: string,
  ) {}

  /** @returns where its files are */
  make(volume: Volume): string {
    const { persistentVolumeClaim, emptyDir, configMap, secret, projected } = volume;
    if (persistentVolumeClaim) return this.open(path.join(this.claims, persistentVolumeClaim.claimName));
    const place = path.join(this.directory, volume.name);
    rmSync(place, { recursive: true, force: true });
    if (emptyDir) return this.open(place);
    const mode = (configMap ?? secret ?? projected)?.defaultMode ?? 0o644;
    if (configMap) return this.fill(place, mode, this.files("configmap", configMap.name, configMap));
    if (secret) return this.fill(place, mode, this.files("secret", secret.secretName, secret));
    if (projected) {
      const contents = projected.sources.map((source): Contents => {
        if (source.configMap) return this.files("configmap", source.configMap.name, source.configMap);
        if (source.secret) return this.files("secret", source.secret.name, source.secret);
        if (source.serviceAccountToken) {
          return { [source.serviceAccountToken.path]: Buffer.from(this.token(source.serviceAccountToken)) };
        }
        const items = source.downwardAPI?.items ?? [];
        return Object.fromEntries(
          items.map(({ path: file, fieldRef }) => [file, Buffer.from(this.field(fieldRef?.fieldPath ?? ""))]),
        );
      });
      return this.fill(place, mode, Object.assign({}, ...contents) as Contents);
    }
    throw new Error(`${this.pod.metadata.name}: nobody has said how the volume ${volume.name} is made`);
  }

  /** What the downward API says of the pod. */
  field(fieldPath: string): string {
    const { name, namespace } = this.pod.metadata;
    const known: Record<string, string> = { "metadata.name": name, "metadata.namespace": namespace };
    const value = known[fieldPath];
    if (value === undefined) throw new Error(`nobody has said what ${fieldPath} is`);
    return value;
  }

  private files(kind: string, name: string, { items, optional = false }: Files): Contents {
    const { namespace } = this.pod.metadata;
    const found = this.api.get<{ items: { data?: Record<string, string> }[] }>(
      ...[kind, "--namespace", namespace, `--field-selector=metadata.name=${name}`],
    ).items[0];
    if (found === undefined && !optional) throw new Error(`kubelet would wait: there is no ${kind} ${name}`);
    const all = Object.entries(found?.data ?? {}).map(([key, value]): [string, Buffer] => [
      key,
      Buffer.from(value, kind === "secret" ? "base64" : "utf8"),
    ]);
    const named = items
      ? all.flatMap(([key, value]): [string, Buffer][] =>
          items.filter((item) => item.key === key).map((item) => [item.path, value]),
        )
      : all;
    return Object.fromEntries(named);
  }

  private token({ audience, expirationSeconds = 3600 }: { audience?: string; expirationSeconds?: number }) {
    const { serviceAccountName = "default" } = this.pod.spec;
    const { name, namespace } = this.pod.metadata;
    return this.api.kubectl(
      ...["create", "token", serviceAccountName, "--namespace", namespace],
      ...[`--duration=${expirationSeconds}s`, ...(audience ? [`--audience=${audience}`] : [])],
      ...["--bound-object-kind=Pod", `--bound-object-name=${name}`],
    );
  }

  /** A folder that the pod's group may write in. */
  private open(place: string): string {
    mkdirSync(place, { recursive: true });
    this.own(place, 0o2770);
    return place;
  }

  private fill(place: string, mode: number, contents: Contents): string {
    mkdirSync(place, { recursive: true });
    for (const [name, content] of Object.entries(contents)) {
      const file = path.join(place, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      // With a group of the pod's, kubelet lets it read: kubernetes/pkg/volume/volume_linux.go, rwMask and roMask.
      this.own(file, this.group === 0 ? mode : mode | 0o440);
    }
    this.own(place, this.group === 0 ? 0o755 : 0o2750);
    return place;
  }

  private own(file: string, mode: number): void {
    chownSync(file, 0, this.group);
    chmodSync(file, mode);
  }

  private get group(): number {
    return this.pod.spec.securityContext?.fsGroup ?? 0;
  }
}
