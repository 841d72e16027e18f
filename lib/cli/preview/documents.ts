import { readFileSync, statSync, type Stats } from "node:fs";
import path from "node:path";
import { Facts } from "../simulator/facts/facts";
import { incompleteness } from "./model/incomplete";
import { CHANGES_MAX, previewSchema, type Preview } from "./model/preview";
import { describeRealPlan } from "./model/stack";
import { parsePlan, type TerraformPlan } from "./model/terraform-plan";

/** The largest document that is read, in bytes: it may come from somebody else's fork. */
const DOCUMENT_MAX = 20_000_000;
/** The largest plan that is read, in bytes; one of a thousand resources has some five million. */
const PLAN_MAX = 500_000_000;

/**
 * Reads what `keelson preview --format json` has written, here or in a job that is not trusted: nothing that is not of
 * the published form gets through.
 *
 * @throws Error that names the file, with what is wrong with it.
 */
export function readDocument(file: string): Preview {
  let value: unknown;
  try {
    value = JSON.parse(readUpTo(file, DOCUMENT_MAX));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`${file} is not JSON`, { cause: error });
  }
  const { success, data, error } = previewSchema.safeParse(value);
  if (success) return data;
  const problems = error.issues.slice(0, 3).map(({ path: at, message }) => `${at.join(".")}: ${message}`);
  throw new Error(`${file} is no preview of version 1: ${problems.join("; ").slice(0, 500)}`);
}

/**
 * A preview made of real plans, each `terraform show -json` of a saved one, under the name of its file.
 *
 * @throws Error that names the first file that is no plan.
 */
export function previewOfPlans(files: readonly string[]): Preview {
  const facts = Facts.shipped();
  const plans = files.map((file) => {
    const name = path.basename(file).replace(/\.json$/, "");
    const plan = parsePlan(readUpTo(file, PLAN_MAX), file);
    mustBeTellable(plan, file);
    return { name, plan };
  });
  const versions = new Set(plans.flatMap(({ plan }) => plan.terraform_version ?? []));
  const stacks = plans.map(({ name, plan }) => describeRealPlan(name, plan, facts));
  const incomplete = plans.flatMap(({ plan }, i) => {
    const { name, incomplete: is = false } = stacks[i] ?? {};
    return is ? [`The plan of ${name ?? ""} is not complete: ${incompleteness(plan).join(", ")}.`] : [];
  });
  const strange = [...new Set(plans.flatMap(({ plan }) => strangers(plan, facts)))].sort();
  return {
    version: 1,
    simulated: false,
    tool: ["Terraform", [...versions].join(", ")].join(" ").trim(),
    notes: [
      ...incomplete,
      ...(strange.length === 0
        ? []
        : [
            `Nothing is known of the resources of ${strange.join(", ")}: what is lost with one of them is not told.`,
          ]),
    ],
    assumptions: ["It holds as long as nothing changes in the cloud or in state before the deploy."],
    stacks,
  };
}

/** @throws Error where a plan has more changes than a document may have: it could be written, and not read again. */
function mustBeTellable({ resource_changes: changes = [] }: TerraformPlan, file: string): void {
  const count = changes.filter(({ change }) => change.actions.join() !== "no-op").length;
  if (count > CHANGES_MAX)
    throw new Error(`${file} has ${count} changes, and at most ${CHANGES_MAX} of a plan can be told`);
}

/** The providers in a plan of which no fact is known, by the beginning of their types. */
function strangers({ resource_changes: changes = [] }: TerraformPlan, facts: Facts): string[] {
  return changes
    .filter(({ mode }) => mode === "managed")
    .map(({ type }) => /^[^_]+/.exec(type)?.[0] ?? type)
    .filter((provider) => provider !== "terraform" && !facts.knows(provider));
}

/** The text of a file, in any of the encodings that shells write: PowerShell's `>` makes UTF-16. */
function readUpTo(file: string, max: number): string {
  const { size } = statOf(file);
  if (size > max) throw new Error(`${file} has ${size} bytes, and at most ${max} are read`);
  const bytes = readFileSync(file);
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

function statOf(file: string): Stats {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`${file} is not there`);
  if (stats.isDirectory()) throw new Error(`${file} is a folder, and a file is read`);
  return stats;
}
