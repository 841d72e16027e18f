import { type Environment, validate } from "../../stacks";
import { prodEastus } from "../../stacks/environments/prod-eastus";
import { prodUsEast1 } from "../../stacks/environments/prod-us-east-1";
import { problemsIn } from "../support/problems";

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
