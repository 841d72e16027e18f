// Compares the schemas derived from CDKTF bindings with published ones and writes docs/schema-comparison.md.
// Run: node --import tsx scripts/dev/compare-schemas.ts
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { findBinding, type Binding } from "../../lib/cli/simulator/bindings";
import { deriveSchema } from "../../lib/cli/simulator/bindings/derive";
import { compare, type Comparison } from "./compare-schemas/comparison";
import { readSchemaModule, type PublishedSchema } from "./compare-schemas/published";
import { differenceTable, factTable, pathList } from "./compare-schemas/report";
import { downloadGoModule } from "./go-module";

const ROOT = join(__dirname, "../..");
const OUTPUT = join(ROOT, "docs/schema-comparison.md");
const MODULE = "github.com/lonegunmanb/terraform-aws-schema/v5";
const MODULE_VERSION = "v5.100.0";
/** The binding that was generated from the very provider version that the module holds. */
const SAME_VERSION = "@cdktf/provider-aws@20.1.0";

/** The types that this project's stacks use. */
const USED = new Set(
  [
    "vpc subnet internet_gateway route_table route route_table_association eip nat_gateway network_acl",
    "network_acl_rule vpc_endpoint flow_log cloudwatch_log_group iam_role iam_role_policy default_security_group",
    "security_group instance network_interface s3_bucket s3_bucket_versioning s3_bucket_policy",
    "s3_bucket_server_side_encryption_configuration s3_bucket_public_access_block",
    "s3_bucket_lifecycle_configuration s3_bucket_ownership_controls",
  ]
    .flatMap((line) => line.split(" "))
    .map((name) => `aws_${name}`)
    .concat(["ssm_parameter", "caller_identity", "partition", "region"].map((name) => `data.aws_${name}`)),
);

async function main(): Promise<void> {
  const published = readSchemaModule(downloadGoModule(MODULE, MODULE_VERSION));
  const temporary = mkdtempSync(join(tmpdir(), "keelson-compare-"));
  try {
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--legacy-peer-deps"];
    execFileSync("npm", ["install", "--prefix", temporary, ...flags, SAME_VERSION], { stdio: "ignore" });
    const same = sameVersion(findBinding("hashicorp/aws", temporary), published);
    const installed = installedVersion(findBinding("hashicorp/aws", ROOT), published);
    const text = [...head(), ...same, ...installed].join("\n\n");
    writeFileSync(OUTPUT, await format(text, { ...(await resolveConfig(OUTPUT)), filepath: OUTPUT }));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function head(): string[] {
  return [
    "# The derived schemas compared with published ones",
    "The simulator derives each provider's schema from the CDKTF binding that the constructs compile against. This page " +
      "compares the result, type by type, with what `terraform providers schema -json` printed for the real provider, as " +
      `published in the Go module \`${MODULE}\` ${MODULE_VERSION} (hashicorp/aws ${MODULE_VERSION.slice(1)}).`,
    "It is written by `node --import tsx scripts/dev/compare-schemas.ts`; do not edit it.",
    "## What could not be compared\n\n" +
      "- The published module has resources and data sources only: the provider's own configuration is not compared.\n" +
      "- For hashicorp/aws 6 and for azurerm and kubernetes no Go module with a full schema could be downloaded where this " +
      "was run: `github.com/lonegunmanb/terraform-{aws,azurerm,kubernetes}-schema` in the versions of our bindings, " +
      "`github.com/crossplane-contrib/provider-upjet-{aws,azure}` and `github.com/upbound/provider-{aws,azure}` were refused.\n" +
      "- `github.com/magodo/tfadd` v0.10.0 has schemas of aws, azurerm and google without item limits and sensitive marks, and " +
      "does not say of which provider version; `github.com/snyk/driftctl` v0.40.0 has aws 3.62 and azurerm 2.71, four years older than " +
      "our bindings. Neither is used.",
  ];
}

function sameVersion(binding: Binding, published: PublishedSchema): string[] {
  const comparison = compare(deriveSchema(binding), published);
  const { lacking } = comparison;
  return [
    `## The same provider version: ${name(binding)}`,
    "Both sides describe the same provider version, so every difference is the parser's or the binding generator's.",
    summary(comparison),
    factTable(comparison),
    `### Different\n\n${differenceTable(comparison.differences)}`,
    `### Only derived\n\n${pathList(comparison.onlyDerived)}`,
    `### Only published\n\n${pathList(comparison.onlyPublished)}`,
    "### What the bindings do not hold\n\n" +
      `- sensitive: ${String(lacking.sensitive)} attributes\n` +
      `- deprecated: ${String(published.deprecated)} attributes\n` +
      `- at least two or more items: ${String(lacking.minItems)} blocks\n` +
      `- at most two or more items: ${String(lacking.maxItems)} blocks\n` +
      `- a schema version other than 0: ${String(published.versioned)} resources and data sources`,
  ];
}

function installedVersion(binding: Binding, published: PublishedSchema): string[] {
  const derived = deriveSchema(binding);
  const all = compare(derived, published);
  const used = compare(derived, published, USED);
  const missing = [...USED].filter(
    (type) => used.onlyPublished.includes(type) || used.onlyDerived.includes(type),
  );
  return [
    `## The installed binding: ${name(binding)}`,
    "Here the provider versions differ. What only one side has is the provider's change from one version to the other; what both " +
      "have and is different is either that too or a fault, and the section above shows which faults there are.",
    `### The types that the stacks use`,
    summary(used) + (missing.length > 0 ? ` Not compared: ${missing.join(", ")}.` : ""),
    factTable(used),
    `Different:\n\n${differenceTable(used.differences)}`,
    `Only derived:\n\n${pathList(used.onlyDerived)}`,
    `Only published:\n\n${pathList(used.onlyPublished)}`,
    `### All types`,
    summary(all),
    factTable(all),
    `Different:\n\n${differenceTable(all.differences)}`,
    `Only derived:\n\n${pathList(all.onlyDerived)}`,
    `Only published:\n\n${pathList(all.onlyPublished)}`,
  ];
}

function name({ packageName, packageVersion, providerVersion }: Binding): string {
  return `${packageName} ${packageVersion} (hashicorp/aws ${providerVersion})`;
}

function summary({ types, attributes, blocks, onlyDerived, onlyPublished, differences }: Comparison): string {
  return (
    `${String(types)} types in both, with ${String(attributes)} attributes and ${String(blocks)} blocks in both. ` +
    `${String(differences.length)} facts differ; ${String(onlyDerived.length)} paths are only derived, ` +
    `${String(onlyPublished.length)} only published.`
  );
}

void main();
