import type { ApiServer } from "./api-server";
import { Pod, type PodOptions } from "./pod";
import type { PodObject } from "./pod-object";
import { until } from "./servers";

/** The pods that the controllers have made in one namespace. */
export class Workloads {
  constructor(
    private readonly api: ApiServer,
    private readonly namespace: string,
  ) {}

  /** Those of a StatefulSet, in order, once all are admitted. */
  async replicas(name: string): Promise<PodObject[]> {
    const { spec } = this.api.get<{ spec: { replicas: number } }>(
      ...["statefulset", name, "--namespace", this.namespace],
    );
    const names = Array.from({ length: spec.replicas }, (_, i) => `${name}-${i}`);
    let found: PodObject[] = [];
    await until(`pods of ${name} are admitted`, () => {
      const all = this.pods();
      found = names.flatMap((one) => all.filter(({ metadata }) => metadata.name === one));
      return Promise.resolve(found.length === names.length);
    });
    return found;
  }

  /** Runs the pod of a job in place of kubelet, and tells the API that it has succeeded. */
  async job(name: string, options: PodOptions): Promise<void> {
    let pod: PodObject | undefined;
    await until(`a pod of the job ${name} is admitted`, () => {
      pod = this.pods(`job-name=${name}`).find(({ status }) => status?.phase === "Pending");
      return Promise.resolve(pod !== undefined);
    });
    if (pod === undefined) throw new Error(`there is no pod of ${name}`);
    await new Pod(this.api, pod, options).run();
    this.api.kubectl(
      ...["patch", "pod", pod.metadata.name, "--namespace", this.namespace, "--subresource=status"],
      ...["--patch", '{"status":{"phase":"Succeeded"}}'],
    );
  }

  /** The values of a Secret. */
  secret(name: string): Record<string, string> {
    const { data } = this.api.get<{ data: Record<string, string> }>(
      ...["secret", name, "--namespace", this.namespace],
    );
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  }

  /** The names of the pods that there are. */
  get names(): string[] {
    return this.pods().map(({ metadata: { name } }) => name);
  }

  private pods(selector = ""): PodObject[] {
    return this.api.get<{ items: PodObject[] }>(
      ...["pods", "--namespace", this.namespace, "--selector", selector],
    ).items;
  }
}
