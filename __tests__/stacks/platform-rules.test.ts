import { readFileSync } from "node:fs";
import * as path from "node:path";
import { type Environment, validate } from "../../stacks";
import { prodEastus } from "../../stacks/environments/prod-eastus";
import { prodUsEast1 } from "../../stacks/environments/prod-us-east-1";
import { estateOf } from "../../stacks/cloud-estate";
import { problemsIn } from "../support/problems";
import { ROOT } from "../support/run";

const problems = (environment: Environment, platform: unknown) =>
  problemsIn(() => {
    validate([{ ...environment, platform } as Environment], { simulated: true });
  });

test.each([
  [prodUsEast1, "general"],
  [prodEastus, "agents"],
])("a pool of workers runs the platform", (environment, pool) => {
  expect(problems(environment, { pool })).toEqual([]);
  expect(problems(environment, undefined)).toEqual([]);
});

test.each([
  [prodUsEast1, "loadbalancer", "there is general"],
  [prodUsEast1, "vault", "there is general"],
  [prodEastus, "general", "there is agents"],
  [{ ...prodUsEast1, nodePools: [] }, "general", "add one to 'nodePools'"],
])("no other does", (environment, pool, fix) => {
  expect(problems(environment, { pool })).toEqual([
    `${environment.name}/platform: 'pool' must name a worker pool of the environment, got "${pool}"; ${fix}`,
  ]);
});

test.each([
  [null, "'platform' must be { pool: \"general\" }, got null"],
  [{}, "'pool' must be a pool's name; add it"],
  [{ pool: "general", pods: 3 }, "'pods' must be left out: there is no such key; the keys are pool"],
])("a platform of %j is refused", (platform, message) => {
  const [line] = problems(prodUsEast1, platform);
  expect(line).toContain(message);
});

test("a mistake in a pool is said alone", () => {
  const [general] = prodUsEast1.nodePools ?? [];
  const misshapen = { ...prodUsEast1, nodePools: [{ ...general, name: 7 }] } as unknown as Environment;
  expect(problems(misshapen, { pool: "general" })).toEqual([expect.stringContaining("'nodePools[0].name'")]);
});

test.each([
  [{ consul: { servers: 4 } }, "/consul: 'servers' must be one of 1, 3, 5, 7"],
  [{ vault: { servers: 2 } }, "/vault: 'servers' must be one of 1, 3, 5, 7"],
  [{ vault: { storage: "file" } }, ': \'vault.storage\' must be "consul" or "raft"'],
  [{ vault: { seal: false } }, ": 'vault.seal' must be left out: there is no such key"],
  [{ consul: { clients: ["Shop"] } }, "/consul: 'clients' must be a DNS label"],
  [{ consul: { clients: ["n".repeat(64)] } }, "/consul: 'clients' must be a DNS label: at most 63"],
  [
    { vault: { image: { repository: "mirror/vault", version: "2.0.4", digest: "new" } } },
    ": 'vault.image' must be a repository without a tag",
  ],
  [
    { vault: { image: { repository: "mirror/vault", version: "2.0.4" } } },
    ': \'vault.image.digest\' must be "sha256:..." or "unverified"; add it',
  ],
  [{ consul: { image: "mirror/consul:2.0.3" } }, ": 'consul.image' must be { repository:"],
  [{ consul: { diskGiB: 0 } }, "/consul: 'diskGiB' must be a whole number of GiB"],
  [
    { storageClass: "premium" },
    ": 'storageClass' must be a storage class that the core add-ons lay down, got \"premium\"; there is gp3",
  ],
])("a platform with %j is refused", (wrong, message) => {
  expect(problems(prodUsEast1, { pool: "general", ...wrong })).toEqual([
    expect.stringContaining(`prod-us-east-1/platform${message}`),
  ]);
});

test("no more servers are taken than the pool may have machines", () => {
  expect(problems(prodEastus, { pool: "agents", consul: { servers: 7 } })).toEqual([
    "prod-eastus/platform/consul: 'servers' must be at most 6, the most machines of pool agents: no two servers share one, got 7; raise the pool's maxCount",
  ]);
});

test("the classes of volumes that are known are those that the core add-ons lay down", () => {
  const values = (name: string) =>
    readFileSync(path.join(ROOT, "scripts/node/addons", `${name}.yaml`), "utf8");
  const [aws] = estateOf("aws")?.storageClasses ?? [];
  const [azure] = estateOf("azure")?.storageClasses ?? [];
  expect(values("aws-ebs-csi-driver")).toContain(`- name: ${aws}\n`);
  expect(values("azuredisk-csi-driver.patch")).toMatch(RegExp(`name: ${azure}\\b`));
});
