import { Annotations, type TerraformStack } from "cdktf";
import { unverifiedImages } from "../lib/addons/images";
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

/** The same of the images that a platform's add-ons run. */
export function warnOfUnverifiedImages(stack: TerraformStack, { retainData = true }: Environment): void {
  const names = unverifiedImages();
  if (retainData && names.length > 0) {
    Annotations.of(stack).addWarning(
      `no digest is known of ${names.join(", ")}: machines take what the registry gives. ` +
        "lib/addons/images.ts says how to find them; docs/platform.md",
    );
  }
}
