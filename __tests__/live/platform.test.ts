import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { prodEastus } from "../../stacks/environments/prod-eastus";
import { prodUsEast1 } from "../../stacks/environments/prod-us-east-1";
import { ApiServer } from "./support/api-server";
import type { Change } from "./support/live-project";
import { LivePlatform } from "./support/platform";
import { until } from "./support/servers";
import { liveTest } from "./support/tools";

const test = liveTest("kube-apiserver", "terraform-provider-kubernetes", "terraform");

const directory = mkdtempSync(path.join(tmpdir(), "keelson-live-"));
let api: ApiServer | undefined;
beforeAll(async () => {
  api = await ApiServer.start(directory);
});
afterAll(async () => {
  await api?.stop();
  rmSync(directory, { recursive: true });
});

/** The namespaces of the platform. */
const NAMESPACES = ["consul", "vault"];

describe.each([prodUsEast1, prodEastus])("the platform of $name on a real API server", (environment) => {
  let real: LivePlatform;
  let simulated: LivePlatform;
  let before: string[];
  beforeAll(async () => {
    [real, simulated] = await Promise.all([
      LivePlatform.create(environment, api),
      LivePlatform.create(environment),
    ]);
    before = cluster().objects();
  });
  afterAll(() => {
    for (const platform of [real, simulated]) (platform as LivePlatform | undefined)?.remove();
  });

  /** What the real provider plans, and the simulated one; then done by both. */
  async function both(...flags: readonly string[]): Promise<{ real: Change[]; simulated: Change[] }> {
    const plans = await Promise.all(
      [real, simulated].map(async (platform) => {
        const plan = await platform.plan(...flags);
        await platform.apply();
        return plan;
      }),
    );
    return { real: plans[0] ?? [], simulated: plans[1] ?? [] };
  }

  test("is created as the simulator says", async () => {
    const { real, simulated } = await both();
    expect(real.map(({ actions }) => actions)).toEqual(real.map(() => ["create"]));
    expect(simulated).toEqual(real);
  });

  test("has its pods admitted, which are as restricted as their namespaces ask for", async () => {
    await until("the pods of StatefulSets and jobs are admitted", () => Promise.resolve(unadmitted() === ""));
    expect(cluster().kubectl("get", "events", "--all-namespaces")).not.toContain("FailedCreate");
    for (const namespace of NAMESPACES) {
      const pod = ["run", "stranger", "--namespace", namespace, "--image", "stranger"];
      expect(() => cluster().kubectl(...pod)).toThrow(/violates PodSecurity "restricted:/);
    }
  });

  test("has nothing to change in a second plan", async () => {
    expect(await both()).toEqual({ real: [], simulated: [] });
  });

  test("shows a changed setting, and nothing else", async () => {
    for (const platform of [real, simulated]) platform.set({ consul: { servers: 5 } });
    const changes = await both();
    expect(
      changes.real.map(({ address, ...change }) => ({ type: address.split(".")[0], ...change })),
    ).toEqual([
      { type: "kubernetes_config_map_v1", actions: ["update"], paths: ["data.server.json"] },
      {
        type: "kubernetes_stateful_set_v1",
        actions: ["update"],
        paths: ["spec.0.replicas", "spec.0.template.0.metadata.0.annotations.keelson.io/config"],
      },
    ]);
    expect(changes.simulated).toEqual(changes.real);
    expect(await both()).toEqual({ real: [], simulated: [] });
  });

  test("is destroyed to the last object", async () => {
    const { real, simulated } = await both("-destroy");
    expect(simulated.map(actionOf)).toEqual(real.map(actionOf));
    expect(cluster().objects()).toEqual(before);
  });
});

function cluster(): ApiServer {
  if (api === undefined) throw new Error("the API server did not start");
  return api;
}

const actionOf = ({ address, actions }: Change) => `${actions.join(" and ")} ${address}`;

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: { readonly replicas?: number };
}

/** The first pod that should be there and is not: of StatefulSets, of jobs, and of jobs that are due later. */
function unadmitted(): string {
  const list = (kinds: string) =>
    cluster()
      .get<{ items: Workload[] }>(kinds, "--all-namespaces")
      .items.map((one) => ({
        ...one,
        ...{ name: one.metadata.name, namespace: one.metadata.namespace },
      }));
  const jobs = list("jobs");
  for (const { name, namespace } of list("cronjobs")) {
    if (jobs.some((job) => job.name === `due-${name}`)) continue;
    cluster().kubectl(
      ...["create", "job", `due-${name}`, `--from=cronjob/${name}`, "--namespace", namespace],
    );
  }
  const pods = list("pods");
  const wanted = list("statefulsets,jobs").flatMap(({ kind, name, namespace, spec: { replicas = 1 } }) =>
    Array.from({ length: replicas }, (_, i) => ({
      namespace,
      name: kind === "Job" ? `${name}-` : `${name}-${i}`,
    })),
  );
  expect(wanted.length).toBeGreaterThan(0);
  const missing = wanted.find(
    (one) => !pods.some(({ name, namespace }) => namespace === one.namespace && name.startsWith(one.name)),
  );
  return missing === undefined ? "" : `${missing.namespace}/${missing.name}`;
}
