import { Annotations, type TerraformStack } from "cdktf";
import { IMAGES, unverifiedImages } from "../lib/addons/images";
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
export function warnOfUnverifiedImages(
  stack: TerraformStack,
  { retainData = true, platform }: Environment,
): void {
  const { consul: { image: consul = IMAGES.consul } = {}, vault: { image: vault = IMAGES.vault } = {} } =
    platform ?? {};
  const names = unverifiedImages({ consul, vault });
  if (retainData && names.length > 0) {
    Annotations.of(stack).addWarning(
      `no digest is known of ${names.join(", ")}: machines take what the registry gives. ` +
        "say them in 'platform.consul.image' and 'platform.vault.image'; docs/platform.md#images says how to find them",
    );
  }
}
