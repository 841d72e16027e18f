import type { Preview } from "../../../lib/cli/preview/model/preview";
import { env, type Edit, type Replacements } from "./edit";

const POOL = "A pool is renamed";
const SCOPE = "A construct is renamed";

const GONE = "all its machines go: pods on them are evicted";

/** What is refused while what has the name is still there. */
const CLASHES = [
  "cannot create this aws_autoscaling_group: AlreadyExists",
  "cannot create this aws_iam_instance_profile: EntityAlreadyExists",
  "cannot create this aws_iam_policy: EntityAlreadyExists",
  "cannot create this aws_iam_role: EntityAlreadyExists",
  "cannot create this aws_launch_template: InvalidLaunchTemplateName.AlreadyExistsException",
];

/** Reads moves for each stack from a file that the gallery writes. */
const WITH_MOVES: Replacements[string] = [
  [
    "    warnOfUnverifiedAddons(this, environment);",
    '    warnOfUnverifiedAddons(this, environment);\n    this.addOverride("moved", (JSON.parse(readFileSync("moved.json", "utf8")) as Record<string, unknown>)[id]);',
  ],
  ["import { Construct }", 'import { readFileSync } from "node:fs";\nimport { Construct }'],
];

/** Moves of all that an earlier edit destroyed and created at the same place below another id. */
function movesOf(preview: Preview | undefined, from: string, to: string): Readonly<Record<string, string>> {
  const moves = (preview?.stacks ?? []).map(({ name, changes }) => {
    const created = new Map(
      changes
        .filter(({ action }) => action === "create")
        .map((one) => [`${one.type} ${one.path}`, one.address]),
    );
    const pairs = changes
      .filter(({ action }) => action === "destroy")
      .flatMap((one) => {
        const address = created.get(`${one.type} ${(one.path ?? "").replace(from, to)}`);
        return address === undefined ? [] : [{ from: one.address, to: address }];
      });
    return [name, pairs] as const;
  });
  return { "moved.json": JSON.stringify(Object.fromEntries(moves)) };
}

const rename: Replacements = { [env("dev-us-east-1")]: [['name: "general"', 'name: "workers"']] };
const rescope: Replacements = {
  "stacks/aws-cluster.ts": [['new Construct(this, "pools")', 'new Construct(this, "node-pools")']],
};

export const renamingEdits: readonly Edit[] = [
  {
    title: POOL,
    shows: "Everything of it is made anew, its machines first of all.",
    files: rename,
    expected: {
      code: 2,
      counts: { "dev-us-east-1": { create: 9, destroy: 9 } },
      interrupted: { "dev-us-east-1": { "pools/general/group": GONE } },
      renames: { "dev-us-east-1": 1 },
    },
  },
  {
    title: `${POOL}, with moved blocks`,
    shows: "They save nothing here: the pool's name is part of names that AWS cannot change.",
    files: { ...rename, "stacks/aws-cluster.ts": WITH_MOVES },
    more: (earlier) => movesOf(earlier.get(POOL), "pools/general/", "pools/workers/"),
    expected: {
      code: 2,
      counts: { "dev-us-east-1": { replace: 9 } },
      interrupted: { "dev-us-east-1": { "pools/workers/group": "all its machines go at once" } },
      changes: [
        {
          ...{ stack: "dev-us-east-1", path: "pools/workers/group", action: "replace" },
          ...{ certainty: "documented", forcedBy: ["name"] },
        },
      ],
    },
  },
  {
    title: SCOPE,
    shows: "A change of the code alone, and public addresses would be lost for it.",
    files: rescope,
    expected: {
      code: 3,
      counts: {
        "dev-us-east-1": { create: 9, destroy: 9 },
        "prod-us-east-1": { create: 39, destroy: 39 },
      },
      losses: {
        "prod-us-east-1": ["1", "2", "3"].map((one) => `pools/loadbalancer/addresses/${one}/Resource`),
      },
      refusals: {
        "dev-us-east-1": CLASHES,
        "prod-us-east-1": [...CLASHES, "cannot create this aws_security_group: InvalidGroup.Duplicate"],
      },
      interrupted: {
        "dev-us-east-1": { "pools/general/group": GONE },
        "prod-us-east-1": { "pools/general/group": GONE, "pools/loadbalancer/group": GONE },
      },
      renames: { "dev-us-east-1": 8, "prod-us-east-1": 37 },
      outputs: { "prod-us-east-1": ["pool_addresses"] },
    },
  },
  {
    title: `${SCOPE}, with moved blocks`,
    shows: "The same edit with the suggestions taken: nothing is lost, and no machine is touched.",
    files: {
      "stacks/aws-cluster.ts": [...(rescope["stacks/aws-cluster.ts"] ?? []), ...WITH_MOVES],
    },
    more: (earlier) => movesOf(earlier.get(SCOPE), "pools/", "node-pools/"),
    expected: {
      code: 2,
      counts: { "dev-us-east-1": { move: 8, update: 1 }, "prod-us-east-1": { move: 37, update: 2 } },
    },
  },
];
