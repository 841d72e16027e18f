import { env, type Edit } from "./edit";

export const estateEdits: readonly Edit[] = [
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
    expected: {
      code: 2,
      counts: {
        "stage-us-east-1": { create: 147 },
        "stage-us-east-1-state": { create: 7 },
        "stage-us-east-1-store": { create: 9 },
      },
      outputs: {
        "stage-us-east-1": [
          "access",
          "endpoint",
          "nat_addresses",
          "private_subnet_ids",
          "public_subnet_ids",
          "vpc_id",
        ],
        "stage-us-east-1-state": ["state_bucket"],
        "stage-us-east-1-store": ["sealing_key", "store_url"],
      },
    },
  },
  {
    title: "An environment less",
    shows:
      "Taking a stack out of the code destroys nothing: all of it is left behind, and goes on costing money.",
    files: {
      [env("index")]: [
        [", devUsEast1]", "]"],
        ['import { devUsEast1 } from "./dev-us-east-1";\n', ""],
      ],
    },
    expected: {
      code: 2,
      counts: {
        "dev-us-east-1": { forget: 147 },
        "dev-us-east-1-state": { forget: 7 },
        "dev-us-east-1-store": { forget: 9 },
      },
    },
  },
  {
    title: "A store that is no longer retained",
    shows: "Nothing changes today, and what kept the next destroy from taking everything is gone.",
    files: {
      [env("prod-us-east-1")]: [['  publicZone: "new",', '  publicZone: "new",\n  retainData: false,']],
    },
    expected: {
      code: 2,
      counts: { "prod-us-east-1-store": { update: 3 } },
      unprotected: {
        "prod-us-east-1-store": [
          ...["sealing-key/Resource", "sealing-key/alias", "store/bucket/Resource"],
          ...["unsealing-key/Resource/Resource", "unsealing-key/Resource/alias"],
        ],
      },
      changes: [
        {
          ...{ stack: "prod-us-east-1-store", path: "store/bucket/Resource", action: "update" },
          ...{ certainty: "documented", attribute: "force_destroy: false → true" },
        },
      ],
    },
  },
  {
    title: "A tag on everything",
    shows: "Many small updates, told as one, none of which replaces anything.",
    files: { "stacks/aws-provider.ts": [['"managed-by": "keelson"', '"managed-by": "platform-team"']] },
    expected: {
      code: 2,
      counts: {
        "dev-us-east-1": { update: 112 },
        "dev-us-east-1-state": { update: 1 },
        "dev-us-east-1-store": { update: 2 },
        "prod-us-east-1": { update: 143 },
        "prod-us-east-1-state": { update: 1 },
        "prod-us-east-1-store": { update: 3 },
      },
      changes: [
        {
          ...{ stack: "prod-us-east-1", path: "network/vpc", action: "update", certainty: "documented" },
          attribute: 'tags_all.managed-by: "keelson" → "platform-team"',
        },
      ],
    },
  },
];
