import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { TerraformStack } from "cdktf";
import {
  Cluster,
  type ClusterProps,
  Network,
  ObjectStore,
  type Place,
  SealingKey,
  sealingKeyOf,
  storeOf,
} from "../../../lib/azure";
import { PLACE } from "./synth";

export const IMAGE = {
  id: "Canonical:ubuntu-24_04-lts:server:24.04.202510010",
  architecture: "amd64",
} satisfies ClusterProps["controlPlane"]["image"];

/** A group of the stack's own, as its constructs take it. */
export function placeIn(stack: TerraformStack, name: string): Place {
  const { location, subscription } = PLACE;
  const group = new ResourceGroup(stack, "resource-group", { name, location });
  return { subscription, resourceGroup: group.name, location };
}

/** Azurite's only account, so that a machine of the lab finds it by its own name. */
const ACCOUNT = "devstoreaccount1";
const STORE = { subscription: PLACE.subscription, resourceGroup: "acme-prod-store" };

/** What outlives the cluster, as a stack of its own would have it. */
export function store(stack: TerraformStack): void {
  const place = placeIn(stack, STORE.resourceGroup);
  new ObjectStore(stack, "store", { name: ACCOUNT, place });
  new SealingKey(stack, "sealing-key", { name: "acme-prod-1a2b3c4d", place });
}

/** A network and a cluster in it, as a stack would have them. */
export function cluster(own: Partial<ClusterProps["controlPlane"]> = {}) {
  return (stack: TerraformStack): Cluster => {
    const place = placeIn(stack, "acme-prod");
    const network = new Network(stack, "network", { name: "acme-prod", place, zones: ["1", "2", "3"] });
    return new Cluster(stack, "cluster", {
      name: "acme-prod",
      place,
      cluster: "prod",
      network,
      domain: "acme.io",
      publicZone: "new",
      store: storeOf(STORE, ACCOUNT),
      sealingKey: sealingKeyOf(STORE, "acme-prod-1a2b3c4d"),
      controlPlane: {
        kubernetesVersion: "1.36.4",
        image: IMAGE,
        publicApi: { allowedCidrs: ["203.0.113.0/24", "198.51.100.0/24"] },
        ...own,
      },
    });
  };
}
