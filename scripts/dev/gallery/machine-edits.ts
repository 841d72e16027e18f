import { env, type Edit } from "./edit";

const AWAY = "the API is away for some 3 to 6 minutes";
const ROLLS = "some at a time: pods on them are evicted";

export const machineEdits: readonly Edit[] = [
  {
    title: "Four agents instead of three, and D3 v2 instead of D2 v2",
    shows:
      "Terraform calls it an update; every agent is replaced. The number is a tag, which the autoscaler goes by.",
    files: {
      [env("prod-eastus")]: [["minCount: 3,", 'minCount: 4,\n    machineTypes: ["Standard_D3_v2"],']],
    },
    expected: {
      code: 2,
      counts: { "prod-eastus": { update: 1 } },
      interrupted: { "prod-eastus": { "cluster/agents/group": ROLLS } },
      changes: [
        {
          ...{ stack: "prod-eastus", path: "cluster/agents/group", action: "update" },
          ...{ certainty: "documented", attribute: 'sku: "Standard_D2_v2" → "Standard_D3_v2"' },
        },
      ],
    },
  },
  {
    title: "Another instance type for the master",
    shows: "The rollout is automatic here, so the deploy replaces the master: the API is away.",
    files: { [env("dev-us-east-1")]: [['instanceType: "t4g.medium"', 'instanceType: "t4g.large"']] },
    expected: {
      code: 2,
      counts: { "dev-us-east-1": { update: 2 } },
      interrupted: { "dev-us-east-1": { "cluster/control-plane/group": AWAY } },
      changes: [
        {
          ...{ stack: "dev-us-east-1", path: "cluster/control-plane/launch-template", action: "update" },
          ...{ certainty: "documented", attribute: 'instance_type: "t4g.medium" → "t4g.large"' },
        },
      ],
    },
  },
  {
    title: "A line of the master's script",
    shows: "Where the rollout is automatic, the master is replaced; elsewhere it goes on as it is.",
    files: { "scripts/node/control-plane.sh": [["# The longest wait", "# (edited) The longest wait"]] },
    expected: {
      code: 2,
      counts: {
        "dev-us-east-1": { replace: 1, update: 2 },
        "prod-eastus": { replace: 1, update: 1 },
        "prod-us-east-1": { replace: 1, update: 2 },
      },
      interrupted: { "dev-us-east-1": { "cluster/control-plane/group": AWAY } },
    },
  },
  {
    title: "A line of the workers' script",
    shows: "Each pool's machines are replaced, some at a time.",
    files: { "scripts/node/node.sh": [["set -euo pipefail", "set -euo pipefail\n# edited"]] },
    expected: {
      code: 2,
      counts: {
        "dev-us-east-1": { replace: 1, update: 2 },
        "prod-eastus": { replace: 1, update: 1 },
        "prod-us-east-1": { replace: 2, update: 4 },
      },
      interrupted: {
        "dev-us-east-1": { "pools/general/group": ROLLS },
        "prod-eastus": { "cluster/agents/group": ROLLS },
        "prod-us-east-1": { "pools/general/group": ROLLS, "pools/loadbalancer/group": ROLLS },
      },
    },
  },
  {
    title: "Another minor version of Kubernetes",
    shows: "The master and the pool are replaced, since the rollout is automatic here.",
    files: { [env("dev-us-east-1")]: [['kubernetesVersion: "1.36.4"', 'kubernetesVersion: "1.37.0"']] },
    expected: {
      code: 2,
      counts: { "dev-us-east-1": { update: 4 } },
      interrupted: {
        "dev-us-east-1": { "cluster/control-plane/group": AWAY, "pools/general/group": ROLLS },
      },
    },
  },
];
