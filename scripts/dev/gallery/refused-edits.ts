import { env, type Edit } from "./edit";

const PROTECTED = "Instance cannot be destroyed";

export const refusedEdits: readonly Edit[] = [
  {
    title: "Another name for a key that is protected",
    shows: "Terraform refuses to plan what would destroy it; where it is not protected, it goes.",
    files: {
      "stacks/aws-store.ts": [
        ['"sealing-key", { name, retainData', '"sealing-key", { name: `${name}-2`, retainData'],
      ],
    },
    expected: {
      code: 1,
      counts: { "dev-us-east-1-store": { replace: 1, update: 1 } },
      errors: { "prod-us-east-1-store": [PROTECTED] },
      changes: [
        {
          ...{ stack: "dev-us-east-1-store", path: "sealing-key/alias", action: "replace" },
          ...{ certainty: "documented", forcedBy: ["name"] },
        },
      ],
    },
  },
  {
    title: "Another prefix for all names",
    shows: "Nearly everything is replaced, so it is told by kinds; the protected stores refuse.",
    files: { [env("prod-us-east-1")]: [['prefix: "keelson"', 'prefix: "keel"']] },
    expected: {
      code: 1,
      counts: {
        "prod-us-east-1": { replace: 127, update: 34 },
        "prod-us-east-1-platform": { update: 3 },
      },
      outputs: { "prod-us-east-1": ["access"] },
      losses: {
        "prod-us-east-1": [
          "cluster/control-plane/group",
          "cluster/control-plane/internal/Resource",
          "cluster/control-plane/public/Resource",
          "network/flow-logs/log-group",
        ],
      },
      interrupted: {
        "prod-us-east-1": {
          "cluster/control-plane/group": "the API is away for some 3 to 6 minutes",
          "pools/general/group": "all its machines go at once",
          "pools/loadbalancer/group": "all its machines go at once",
        },
      },
      errors: { "prod-us-east-1-state": [PROTECTED], "prod-us-east-1-store": [PROTECTED] },
    },
  },
  {
    title: "What Terraform refuses",
    shows: "Its error, without the line of the configuration that it prints.",
    files: {
      "stacks/aws-cluster.ts": [["value: network.networkId", 'value: "${aws_vpc.none.id}"']],
    },
    expected: {
      code: 1,
      errors: {
        "dev-us-east-1": ["Reference to undeclared resource"],
        "prod-us-east-1": ["Reference to undeclared resource"],
      },
    },
  },
  {
    title: "What the estate's own rules refuse",
    shows: "Nothing is planned: the errors of the synthesis are all there is.",
    files: { [env("prod-eastus")]: [["minCount: 3,", "minCount: 2,"]] },
    expected: { code: 1 },
    says: "minCount",
  },
];
