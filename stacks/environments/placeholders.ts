import type { Problems } from "../../lib/core";
import type { CloudEstate } from "../cloud-estate";
import type { Environment } from "./environment";
import { pathOf } from "./node-pools";
import type { Sound } from "./shape";

/** @see https://datatracker.ietf.org/doc/html/rfc2606 */
const PLACEHOLDER_DOMAIN = /(^|\.)(example\.(com|net|org)|example|invalid|test)$/;

/** Adds each placeholder, which a real deploy cannot have. */
export function refusePlaceholders(
  estate: CloudEstate,
  environment: Environment,
  sound: Sound,
  problems: Problems,
): void {
  const { name, domain, controlPlane, nodePools = [] } = environment;
  const { owner, isOwnImage } = estate.placeholders;
  // An unsound name is no name to paste into a shell.
  const fix = sound("name")
    ? `put in your own in the file of ${name}, ` +
      `or try it without an account: npx keelson simulate -- cdktf deploy ${name}`
    : "put in your own";
  const got = estate.ownerOf(environment);
  if (got === owner.value) {
    problems.add(owner.key, { mustHold: owner.mustHold, got, fix });
  }
  if (sound("controlPlane", "image")) {
    problems.in("controlPlane").check("image", controlPlane.image.id, isOwnImage);
  }
  if ("agents" in environment && environment.agents && sound("agents", "image")) {
    problems.in("agents").check("image", environment.agents.image.id, isOwnImage);
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
