import { addresses, only } from "../support/synth";
import { BALANCERS, nodePools, poolProblems, WORKERS } from "../support/node-pool";

const lends = { unsealingKey: "alias/acme-prod/unseal" };
const lending = nodePools([{ ...WORKERS, lends }]);
const keeping = nodePools([WORKERS]);

const hops = (tf: typeof lending) =>
  (only(tf, "aws_launch_template")["metadata_options"] as Record<string, unknown>)[
    "http_put_response_hop_limit"
  ];

test("pods reach the metadata service of machines that lend their identity, and of no others", () => {
  expect(hops(lending)).toBe(2);
  expect(hops(keeping)).toBe(1);
  expect(only(lending, "aws_launch_template")["metadata_options"]).toMatchObject({ http_tokens: "required" });
});

test("what such a pool has more is the rights, and nothing is replaced or lost", () => {
  const more = addresses(lending).filter((address) => !addresses(keeping).includes(address));
  expect(more.map((address) => address.replace(/_[0-9A-F]{8}$/, ""))).toEqual([
    "aws_iam_policy.pools_general_role_policies_consul",
    "aws_iam_policy.pools_general_role_policies_vault",
    "aws_iam_role_policy_attachment.pools_general_role_attachments_consul",
    "aws_iam_role_policy_attachment.pools_general_role_attachments_vault",
  ]);
  expect(addresses(keeping).filter((address) => !addresses(lending).includes(address))).toEqual([]);
});

test("machines that the world reaches lend nobody their identity", () => {
  expect(poolProblems({ ...BALANCERS, lends })).toEqual([
    "test/pools/edge: 'lends' must be left out: the world reaches the machines of this pool; let a pool of workers lend its identity",
  ]);
});

test.each(["acme-prod", "alias/aws/ebs", "alias/*", ""])("%j is no key to unseal with", (unsealingKey) => {
  expect(poolProblems({ lends: { unsealingKey } })).toEqual([
    `test/pools/general/lends: 'unsealingKey' must be a key's alias, such as "alias/acme-prod", got "${unsealingKey}"`,
  ]);
});
