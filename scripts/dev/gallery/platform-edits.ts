import type { Edit } from "./edit";

/** Both environments that have a platform. */
const inBoth = <T>(one: T): Record<string, T> => ({
  "prod-eastus-platform": one,
  "prod-us-east-1-platform": one,
});

export const platformEdits: readonly Edit[] = [
  {
    title: "A setting of Vault's",
    shows:
      "The servers' template changes with it, and none of them restarts before somebody deletes its pod.",
    files: { "lib/addons/vault/vault-config.ts": [["ui: true,", "ui: false,"]] },
    expected: {
      code: 2,
      counts: inBoth({ update: 2 }),
      changes: [
        {
          ...{ stack: "prod-eastus-platform", path: "vault/servers/config", action: "update" },
          ...{ certainty: "documented", attribute: "data.vault.json.ui: true → false" },
        },
      ],
    },
  },
];
