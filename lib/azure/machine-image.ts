import type { Fault, Rule } from "../core";
import { instanceType, type InstanceType } from "./instance-type";

/** The processors that both Azure and Kubernetes know. */
export type Architecture = "amd64" | "arm64";

/** An image that machines start from, by its id: the same one until somebody writes another one down. */
export interface MachineImage {
  /**
   * Of the marketplace, "publisher:offer:sku:version", such as "Canonical:ubuntu-24_04-lts:server:24.04.202510010"; or the id of an
   * image of your own, "/subscriptions/...".
   */
  readonly id: string;
  /** What the image runs on. */
  readonly architecture: Architecture;
}

const MARKETPLACE = /^([\w.-]+):([\w.-]+):([\w.-]+):(\d+\.\d+\.\d+)$/;

/** The parts of an image of the marketplace; undefined for one of your own. */
export function marketplaceImage({ id }: Pick<MachineImage, "id">) {
  const [, publisher, offer, sku, version] = MARKETPLACE.exec(id) ?? [];
  return publisher === undefined || offer === undefined || sku === undefined || version === undefined
    ? undefined
    : { publisher, offer, sku, version };
}

/** An image's id, of one version: "latest" would be another image at each rebuild. */
export const isMachineImage: Rule<MachineImage> = (image) =>
  marketplaceImage(image) !== undefined ||
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/(images\/[^/]+|galleries\/[^/]+\/images\/[^/]+\/versions\/[\d.]+)$/.test(
    image.id,
  )
    ? []
    : [
        {
          mustHold:
            'must have an image\'s id with its version, such as "Canonical:ubuntu-24_04-lts:server:24.04.202510010"',
          got: image.id,
        },
      ];

/** The generation that an image is of; undefined where its id does not tell. */
function generationOf(image: MachineImage): 1 | 2 | undefined {
  const { sku, publisher } = marketplaceImage(image) ?? {};
  return sku === undefined || publisher !== "Canonical" ? undefined : /gen1$/.test(sku) ? 1 : 2;
}

/** Those with less than 4 GiB, beside the ones that have fewer than two processors. */
const SMALL_FOR_MASTER = /^Standard_B2p?a?ts_v2$|^Standard_A[01]$/;

/** Those with less than 2 GiB. */
const SMALL_FOR_NODE = /^Standard_(B1l?s|B2p?a?ts_v2|A[01])$/;

/**
 * A size that a master fits on, that its image runs on, and that can stand in a zone.
 *
 * @see https://learn.microsoft.com/azure/virtual-machines/sizes/overview
 * @see https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/#before-you-begin
 */
export function suitsMaster(image: MachineImage): Rule<string> {
  return suits(
    image,
    (name, { processors }) => processors < 2 || SMALL_FOR_MASTER.test(name),
    "must have two processors and 4 GiB, or etcd and the API server do not fit",
  );
}

/** A size that a node fits on, that its image runs on, and that can stand in a zone. */
export function suitsNode(image: MachineImage): Rule<string> {
  return suits(image, (name) => SMALL_FOR_NODE.test(name), "must have 2 GiB, which kubeadm wants of a node");
}

function suits(
  image: MachineImage,
  isTooSmall: (name: string, type: InstanceType) => boolean,
  mustBeLarger: string,
): Rule<string> {
  return (name) => {
    const type = instanceType(name);
    if (type === undefined) {
      return [{ mustHold: 'must be a size such as "Standard_D2s_v5"', got: name }];
    }
    const generation = generationOf(image);
    const faults: Fault[] = [];
    if (isTooSmall(name, type)) {
      faults.push({ mustHold: mustBeLarger, got: name });
    }
    if (!type.hasZones) {
      faults.push({
        mustHold: "must be a size that can stand in a zone",
        got: name,
        fix: "take one of a later version",
      });
    }
    if (type.architecture !== image.architecture) {
      faults.push({
        mustHold: `must run the image, which is for ${image.architecture}; ${name} is ${type.architecture}`,
        got: name,
        fix: "change the size or the image",
      });
    } else if (generation !== undefined && !type.generations.includes(generation)) {
      faults.push({
        mustHold: `must start the image, which is of generation ${generation}; ${name} starts only generation ${type.generations.join()}`,
        got: name,
        fix:
          generation === 2
            ? 'take an image whose sku ends in "-gen1"'
            : 'take an image whose sku is "server"',
      });
    }
    return faults;
  };
}
