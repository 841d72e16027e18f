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

  test("is created as the simulator says, and its pods are admitted", async () => {
    const { real, simulated } = await both();
    expect(real.map(({ actions }) => actions)).toEqual(real.map(() => ["create"]));
    expect(simulated.map(actionOf)).toEqual(real.map(actionOf));
    expect(missing(simulated, real)).toEqual([]);
    await until("all pods are created", () => Promise.resolve(pods().length === 3));
    expect(pods()).toEqual(["consul/consul-0", "consul/consul-1", "consul/consul-2"]);
  });

  test("has nothing to change in a second plan", async () => {
    expect(await both()).toEqual({ real: [], simulated: [] });
  });

  test("is destroyed to the last object", async () => {
    const { real, simulated } = await both("-destroy");
    expect(simulated.map(actionOf)).toEqual(real.map(actionOf));
    await until("nothing is left", () => Promise.resolve(pods().length === 0));
    expect(cluster().objects()).toEqual(before);
  });
});

function cluster(): ApiServer {
  if (api === undefined) throw new Error("the API server did not start");
  return api;
}

const actionOf = ({ address, actions }: Change) => `${actions.join(" and ")} ${address}`;

/** The attributes of the simulated plan that the real one has not: the real one has its defaults besides. */
function missing(simulated: readonly Change[], real: readonly Change[]): string[] {
  const has = new Map(real.map(({ address, paths }) => [address, new Set(paths)]));
  return simulated.flatMap(({ address, paths }) =>
    paths.filter((at) => !has.get(address)?.has(at)).map((at) => `${address} ${at}`),
  );
}

function pods(): string[] {
  const { items } = cluster().get<{ items: { metadata: { namespace: string; name: string } }[] }>(
    ...["pods", "--all-namespaces"],
  );
  return items.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`).sort();
}
