import type { Problems, Rule } from "../../lib/core";
import type { AwsEnvironment } from "./environment";
import { pathOf } from "./node-pools";
import type { Sound } from "./shape";

/** What stands in this repository's environments until somebody puts in their own. */
const PLACEHOLDER_ACCOUNT = "000000000000";
const PLACEHOLDER_IMAGE = "ami-00000000000000000";
/** @see https://datatracker.ietf.org/doc/html/rfc2606 */
const PLACEHOLDER_DOMAIN = /(^|\.)(example\.(com|net|org)|example|invalid|test)$/;

const isOwnImage: Rule<string> = (id) =>
  id === PLACEHOLDER_IMAGE
    ? [
        {
          mustHold: "must be an image of your region for a real deploy",
          got: id,
          fix: "docs/control-plane.md says how to find one",
        },
      ]
    : [];

/** Adds each placeholder, which a real deploy cannot have. */
export function refusePlaceholders(
  { name, account, domain, controlPlane, nodePools = [] }: AwsEnvironment,
  sound: Sound,
  problems: Problems,
): void {
  // An unsound name is no name to paste into a shell.
  const fix = sound("name")
    ? `put in your own in the file of ${name}, ` +
      `or try it without an account: npx keelson simulate -- cdktf deploy ${name}`
    : "put in your own";
  if (account === PLACEHOLDER_ACCOUNT) {
    problems.add("account", {
      mustHold: "must be your own account's number for a real deploy",
      got: account,
      fix,
    });
  }
  if (sound("controlPlane", "image")) {
    problems.in("controlPlane").check("image", controlPlane.image.id, isOwnImage);
  }
  if (Array.isArray(nodePools)) {
    for (const [index, pool] of nodePools.entries()) {
      if (sound("nodePools", index, "image")) {
        problems.in(pathOf(pool, index)).check("image", pool.image.id, isOwnImage);
      }
    }
  }
  if (sound("domain") && PLACEHOLDER_DOMAIN.test(domain)) {
    problems.add("domain", { mustHold: "must be your own domain for a real deploy", got: domain, fix });
  }
}
