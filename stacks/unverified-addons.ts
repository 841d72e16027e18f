import { Annotations, type TerraformStack } from "cdktf";
import { unverifiedAddons } from "../lib/core";
import type { Environment } from "./environments/environment";

/** Says which add-ons no digest is known of. An environment whose data is kept is taken for one of production. */
export function warnOfUnverifiedAddons(
  stack: TerraformStack,
  { cloud, retainData = true }: Environment,
): void {
  const names = unverifiedAddons(cloud).map(({ name, version }) => `${name} ${version}`);
  if (retainData && names.length > 0) {
    Annotations.of(stack).addWarning(
      `no digest is known of ${names.join(", ")}: the first master takes what their hosts give. ` +
        "scripts/dev/addons-digests.sh fills the digests in; docs/core-addons.md",
    );
  }
}
