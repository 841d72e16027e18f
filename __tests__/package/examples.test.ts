import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { run } from "../support/project";
import { ROOT } from "../support/run";
import { readStacks, resources, type Terraform } from "../support/synth";
import { succeeds } from "./consumer";

/** Synthesizes an example in its folder of the clone with the command that cdktf would run. */
async function synthesize(example: string) {
  const folder = path.join(ROOT, "examples", example);
  const { app } = JSON.parse(readFileSync(path.join(folder, "cdktf.json"), "utf8")) as { app: string };
  const outdir = mkdtempSync(path.join(tmpdir(), "keelson-example-"));
  try {
    await succeeds(run("sh", ["-c", app], folder, { CDKTF_OUTDIR: outdir, KEELSON_SIMULATED: "1" }));
    return readStacks(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

test("a team's own stack holds the network beside the team's resources, in the team's back end", async () => {
  const { ledger = { terraform: {} }, ...others } = await synthesize("network-in-your-own-stack");
  expect(others).toEqual({});
  expect(ledger).toMatchObject({
    terraform: { backend: { s3: { bucket: "ledger-terraform" } } },
    provider: { aws: [{ default_tags: [{ tags: { team: "ledger" } }] }] },
  });
  expect(Object.keys(resources(ledger, "aws_subnet"))).toHaveLength(4);
  expect(resources(ledger, "aws_vpc_security_group_ingress_rule")).toMatchObject({
    database_postgresql: { cidr_ipv4: "10.40.0.0/16", from_port: 5432 },
  });
  expect(resources(ledger, "aws_vpc_endpoint")["dynamodb-endpoint"]).toMatchObject({
    route_table_ids: Object.keys(ledger.resource?.["aws_route_table"] ?? {})
      .filter((id) => id.startsWith("network_private"))
      .map((id) => `\${aws_route_table.${id}.id}`),
  });
});

test("an estate of one's own is an environment file and a main.ts of about ten lines", async () => {
  const lines = readFileSync(path.join(ROOT, "examples/your-own-estate/main.ts"), "utf8").trim().split("\n");
  expect(lines.filter((line) => /^\s*[^\s/]/.test(line)).length).toBeLessThanOrEqual(12);

  const stacks = await synthesize("your-own-estate");
  const made = {
    "prod-eu-west-1": "aws_nat_gateway",
    "prod-eu-west-1-state": "aws_s3_bucket",
    "prod-eu-west-1-store": "aws_kms_key",
  };
  expect(Object.keys(stacks)).toEqual(Object.keys(made));
  for (const [id, type] of Object.entries(made)) {
    expect(Object.keys(resources(stacks[id] as Terraform, type))).toHaveLength(1);
  }
});
