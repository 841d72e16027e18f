import type { TerraformPlan } from "./terraform-plan";

/** Why a plan that has not failed does not say all that would be done; empty where it does. */
export function incompleteness(plan: TerraformPlan): string[] {
  const { resource_changes: changes = [], deferred_changes: deferred = [], checks = [] } = plan;
  const strange = changes.filter((one) => one.mode === "managed" && !isKnown(one.change.actions)).length;
  const failed = checks.filter(({ status }) => status === "fail" || status === "error").length;
  const reasons = [
    deferred.length > 0 && `${deferred.length} of its changes are put off until later`,
    strange > 0 && `${strange} of its changes are of a kind that is not known here`,
    failed > 0 && `${failed} of its checks fail`,
  ].filter((reason) => reason !== false);
  if (reasons.length > 0 || plan.complete !== false) return reasons;
  return ["Terraform says that another plan has to follow it"];
}

function isKnown(actions: readonly string[]): boolean {
  return KNOWN.has(actions.join());
}

/** @see https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
const KNOWN = new Set([
  ...["no-op", "create", "read", "update", "delete", "forget"],
  ...["delete,create", "create,delete", "create,forget"],
]);
