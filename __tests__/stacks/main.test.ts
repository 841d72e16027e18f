import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { estate } from "../support/estate";
import { BUILT, type Ended, ROOT, runNode } from "../support/run";
import { readStacks } from "../support/synth";

let project: string;

beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), "keelson-main-"));
});

afterEach(() => {
  rmSync(project, { recursive: true });
});

const CONTROL_PLANE =
  'controlPlane: { kubernetesVersion: "1.36.4", image: { id: "ami-0a1b2c3d4e5f60718", architecture: "amd64" } }';

/** Runs the clone's main.ts as cdktf does, or else the same in JavaScript. */
const main = (env: Record<string, string> = {}, args = ["--import", "tsx", "main.ts"]): Ended =>
  runNode(args, ROOT, { ...env, CDKTF_OUTDIR: path.join(project, "cdktf.out") });
const written = () => existsSync(path.join(project, "cdktf.out"));

/** Runs main.ts with other environments in the place of the reference estate's. */
function mainOf(environments: string, env: Record<string, string> = {}): Ended {
  for (const part of ["main.js", "lib", "stacks", "scripts/node"]) {
    cpSync(path.join(BUILT, "dist", part), path.join(project, part), { recursive: true });
  }
  symlinkSync(path.join(ROOT, "node_modules"), path.join(project, "node_modules"));
  const file = path.join(project, "stacks/environments/index.js");
  writeFileSync(file, `exports.environments = ${environments};\n`);
  return main(env, [path.join(project, "main.js")]);
}

test("main.ts makes the stacks of each environment under the names that people type", () => {
  expect(main({ KEELSON_SIMULATED: "1" })).toEqual({ code: 0, stdout: "", stderr: "" });
  const stacks = readStacks(path.join(project, "cdktf.out"));
  expect(Object.keys(stacks)).toEqual([
    "dev-us-east-1",
    "dev-us-east-1-state",
    "dev-us-east-1-store",
    "prod-eastus",
    "prod-eastus-platform",
    "prod-eastus-state",
    "prod-eastus-store",
    "prod-us-east-1",
    "prod-us-east-1-platform",
    "prod-us-east-1-state",
    "prod-us-east-1-store",
  ]);
  for (const [id, { resource, data }] of Object.entries(estate())) {
    expect(stacks[id]).toMatchObject({ resource, ...(data && { data }) });
  }
});

test("for a real deploy the reference estate's placeholders are refused, and nothing is written", () => {
  const { code, stderr } = main();
  expect(code).toBe(1);
  expect(
    stderr
      .trim()
      .split("\n")
      .map((line) => line.slice(0, line.indexOf(" must"))),
  ).toEqual([
    "prod-eastus: 'subscription'",
    "prod-eastus/controlPlane: 'image'",
    "prod-eastus/agents: 'image'",
    "prod-eastus: 'domain'",
    "prod-us-east-1: 'account'",
    "prod-us-east-1/controlPlane: 'image'",
    "prod-us-east-1/nodePools/general: 'image'",
    "prod-us-east-1/nodePools/loadbalancer: 'image'",
    "prod-us-east-1: 'domain'",
    "dev-us-east-1: 'account'",
    "dev-us-east-1/controlPlane: 'image'",
    "dev-us-east-1/nodePools/general: 'image'",
    "dev-us-east-1: 'domain'",
  ]);
  expect(written()).toBe(false);
});

test("a bad environment gets all its mistakes told, and nothing else is printed or written", () => {
  const { code, stdout, stderr } = mainOf(
    `[
    { name: "prod", cloud: "aws", prefix: "acme", account: "123456789012", region: "eu-west-1", colour: "red",
      network: { cidrBlock: "10.0.0.0/24", zones: ["us-east-1a", "us-east-1a"] }, ${CONTROL_PLANE} },
    { name: "dev", cloud: "aws", prefix: "acme", account: "123456789012", region: "eu-west-1", domain: "acme.io",
      network: { cidrBlock: "10.0.0.0/16", zones: ["eu-west-1a", "eu-west-1b"] }, ${CONTROL_PLANE} },
  ]`,
    { KEELSON_SIMULATED: "1" },
  );
  expect(stderr.trim().split("\n").sort()).toEqual([
    "dev/network: 'cidrBlock' must not overlap with 10.0.0.0/24 of prod, or the two can never be peered, " +
      'got "10.0.0.0/16"; give it a range of its own',
    `prod/network: 'cidrBlock' must be from /16 to /20 (AWS takes no larger one, and both clouds read alike; a smaller one leaves a zone's nodes ` +
      `under 256 addresses), got "10.0.0.0/24"`,
    `prod/network: 'zones' must be zones of 'eu-west-1', the environment's region, got ["us-east-1a"]; ` +
      "change the zones or the region",
    `prod/network: 'zones' must name two or three different zones, got ["us-east-1a","us-east-1a"]`,
    "prod: 'colour' must be left out: there is no such key; the keys are name, cloud, prefix, account, region, domain, network, publicZone, controlPlane, nodePools, platform, retainData, alarmActions",
    "prod: 'domain' must be a domain name in lower case, such as example.org; add it",
  ]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(written()).toBe(false);
});

test("an environment that is called like another's state stack is told so, with no stack trace", () => {
  const rest = `cloud: "aws", prefix: "acme", account: "123456789012", region: "eu-west-1", domain: "acme.io", ${CONTROL_PLANE}`;
  const network = (cidrBlock: string) =>
    `network: { cidrBlock: "${cidrBlock}", zones: ["eu-west-1a", "eu-west-1b"] }`;
  const { code, stdout, stderr } = mainOf(`[
    { name: "prod", ${rest}, ${network("10.0.0.0/16")} },
    { name: "prod-state", ${rest}, ${network("10.1.0.0/16")} },
  ]`);
  expect(stderr.trim().split("\n")).toEqual([
    expect.stringMatching(/^prod-state: 'name' must lead to stacks/),
  ]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(written()).toBe(false);
});

test("an error that is not about input keeps its stack trace", () => {
  const { code, stderr } = mainOf(`[{ get name() { throw new Error("a bug"); } }]`);
  expect(code).toBe(1);
  expect(stderr).toMatch(/Error: a bug\n\s+at /);
});
