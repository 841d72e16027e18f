import type { Action, Preview } from "../../../lib/cli/preview/model/preview";

/** One edit of the reference estate, and what its preview must say. */
export interface Edit {
  readonly title: string;
  /** What a reader should see in it. */
  readonly shows: string;
  /** In each file, texts and what stands in their place. */
  readonly files: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  /** Further files, made from what the edits before this one showed. */
  readonly more?: (earlier: ReadonlyMap<string, Preview>) => Readonly<Record<string, string>>;
  /** With --guard. */
  readonly code: 0 | 1 | 2 | 3;
  /** Changes that must be there: stack, construct, action. */
  readonly has: readonly (readonly [stack: string, path: string, action: Action])[];
  /** Of each stack that changes, how many changes of each kind; stacks that are not here must not change. */
  readonly counts?: Readonly<Record<string, Readonly<Partial<Record<Action, number>>>>>;
}

const env = (name: string) => `stacks/environments/${name}.ts`;
const RENAMED = "A pool is renamed";

export const edits: readonly Edit[] = [
  {
    title: "Four agents instead of three, and D3 v2 instead of D2 v2",
    shows: "Terraform calls it an update; what it does to the nodes stands beside it.",
    files: {
      [env("prod-eastus")]: [["minCount: 3,", 'minCount: 4,\n    machineTypes: ["Standard_D3_v2"],']],
    },
    code: 2,
    has: [["prod-eastus", "cluster/agents/group", "update"]],
  },
  {
    title: "Another range for a VPC",
    shows: "One attribute forces one replacement, and all else follows; AWS would refuse half of it.",
    files: { [env("prod-us-east-1")]: [["10.0.0.0/16", "10.9.0.0/16"]] },
    code: 3,
    has: [["prod-us-east-1", "network/vpc", "replace"]],
    counts: { "prod-us-east-1": { create: 1, update: 12, replace: 84, destroy: 1 } },
  },
  {
    title: RENAMED,
    shows: "Everything of it is made anew; the pairs that look like renames are suggested.",
    files: { [env("dev-us-east-1")]: [['name: "general"', 'name: "workers"']] },
    code: 2,
    has: [["dev-us-east-1", "pools/workers/group", "create"]],
    counts: { "dev-us-east-1": { create: 9, destroy: 9 } },
  },
  {
    title: "A pool is renamed, with moved blocks",
    shows: "The same edit with the suggestions taken: what remains is what the name itself is part of.",
    files: {
      [env("dev-us-east-1")]: [['name: "general"', 'name: "workers"']],
      "stacks/aws-cluster.ts": [
        [
          "    warnOfUnverifiedAddons(this, environment);",
          '    warnOfUnverifiedAddons(this, environment);\n    if (environment.name === "dev-us-east-1") this.addOverride("moved", JSON.parse(readFileSync("moved.json", "utf8")));',
        ],
        ["import { Construct }", 'import { readFileSync } from "node:fs";\nimport { Construct }'],
      ],
    },
    more: (earlier) => {
      const renames = earlier.get(RENAMED)?.stacks.flatMap((stack) => stack.renames) ?? [];
      return { "moved.json": JSON.stringify(renames.map(({ from, to }) => ({ from, to }))) };
    },
    code: 2,
    has: [],
  },
  {
    title: "A line of the master's script",
    shows:
      "With a manual rollout the template changes, and the master goes on until something replaces it; with an automatic one it is replaced.",
    files: { "scripts/node/control-plane.sh": [["# The longest wait", "# (edited) The longest wait"]] },
    code: 2,
    has: [["dev-us-east-1", "cluster/control-plane/group", "update"]],
  },
  {
    title: "A line of the workers' script",
    shows: "Each pool's machines are replaced, some at a time.",
    files: { "scripts/node/node.sh": [["set -euo pipefail", "set -euo pipefail\n# edited"]] },
    code: 2,
    has: [["prod-us-east-1", "pools/general/group", "update"]],
  },
  {
    title: "A zone more",
    shows: "Its subnets are new, and what spans all zones is updated.",
    files: { [env("dev-us-east-1")]: [['"us-east-1b"]', '"us-east-1b", "us-east-1c"]']] },
    code: 3,
    has: [["dev-us-east-1", "network/private/us-east-1c/Resource", "create"]],
  },
  {
    title: "An environment more",
    shows: "Three stacks are new.",
    files: {
      [env("index")]: [
        [
          "devUsEast1];",
          'devUsEast1, { ...devUsEast1, name: "stage-us-east-1", network: { ...devUsEast1.network, cidrBlock: "10.3.0.0/16" } }];',
        ],
      ],
    },
    code: 2,
    has: [["stage-us-east-1", "network/vpc", "create"]],
  },
  {
    title: "An environment less",
    shows:
      "Nothing is destroyed by taking a stack out of the code: it is left behind, and goes on costing money.",
    files: {
      [env("index")]: [
        [", devUsEast1]", "]"],
        ['import { devUsEast1 } from "./dev-us-east-1";\n', ""],
      ],
    },
    code: 2,
    has: [],
  },
  {
    title: "A store that is no longer retained",
    shows: "A protection is lost, and nothing else.",
    files: {
      [env("prod-us-east-1")]: [['  publicZone: "new",', '  publicZone: "new",\n  retainData: false,']],
    },
    code: 2,
    has: [],
  },
  {
    title: "Other ranges that may reach the API",
    shows: "A rule goes and another one comes.",
    files: { [env("prod-us-east-1")]: [["203.0.113.0/24", "198.51.100.0/24"]] },
    code: 2,
    has: [],
  },
  {
    title: "A tag on everything",
    shows: "Many small updates, none of which replaces anything.",
    files: { "stacks/aws-provider.ts": [['"managed-by": "keelson"', '"managed-by": "platform-team"']] },
    code: 2,
    has: [["prod-us-east-1", "network/vpc", "update"]],
  },
  {
    title: "Another instance type for the master",
    shows: "The rollout is automatic here, so the master is replaced.",
    files: { [env("dev-us-east-1")]: [['instanceType: "t4g.medium"', 'instanceType: "t4g.large"']] },
    code: 2,
    has: [["dev-us-east-1", "cluster/control-plane/group", "update"]],
  },
  {
    title: "One NAT gateway instead of one per zone",
    shows: "Public addresses are given up: allow lists of others may name them.",
    files: { [env("prod-us-east-1")]: [['nat: "per-zone"', 'nat: "single"']] },
    code: 3,
    has: [],
  },
  {
    title: "Another version of Kubernetes",
    shows: "Templates change; what becomes of machines follows from the rollouts.",
    files: { [env("dev-us-east-1")]: [['kubernetesVersion: "1.36.4"', 'kubernetesVersion: "1.37.0"']] },
    code: 2,
    has: [],
  },
  {
    title: "A name of everything, with a protected store in it",
    shows:
      "Terraform refuses to plan what would destroy a protected resource, and the rest is shown all the same.",
    files: { [env("prod-us-east-1")]: [['prefix: "keelson"', 'prefix: "keel"']] },
    code: 1,
    has: [],
  },
  {
    title: "What Terraform refuses",
    shows: "Its error, without the line of the configuration that it prints.",
    files: {
      "stacks/aws-cluster.ts": [["value: network.networkId", 'value: "${aws_vpc.none.id}"']],
    },
    code: 1,
    has: [],
  },
  {
    title: "What the estate's own rules refuse",
    shows: "Nothing is planned: the errors of the synthesis are all there is.",
    files: { [env("prod-eastus")]: [["minCount: 3,", "minCount: 2,"]] },
    code: 1,
    has: [],
  },
];
