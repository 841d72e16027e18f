import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import {
  AcsCluster,
  type AcsClusterProps,
  Cluster,
  type ClusterProps,
  Network,
  NodePool,
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

/** The same, of the generation that Dv2 starts. */
export const GENERATION_1 = "Canonical:ubuntu-24_04-lts:server-gen1:24.04.202510010";

/** A group of the stack's own, as its constructs take it. */
export function placeIn(stack: TerraformStack, name: string, location = PLACE.location): Place {
  const { subscription } = PLACE;
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

/** A network, in which a cluster of the stack's own stands, and what it is called. */
function surroundings(stack: TerraformStack, location = PLACE.location) {
  const place = placeIn(stack, "acme-prod", location);
  return {
    name: "acme-prod",
    place,
    cluster: "prod",
    network: new Network(stack, "network", { name: "acme-prod", place, zones: ["1", "2", "3"] }),
    domain: "acme.io",
    publicZone: "new",
    store: storeOf(STORE, ACCOUNT),
    sealingKey: sealingKeyOf(STORE, "acme-prod-1a2b3c4d"),
  } as const;
}

/** A network and a cluster in it, as a stack would have them. */
export function cluster(own: Partial<ClusterProps["controlPlane"]> = {}) {
  return (stack: TerraformStack): Cluster =>
    new Cluster(stack, "cluster", {
      ...surroundings(stack),
      controlPlane: {
        kubernetesVersion: "1.36.4",
        image: IMAGE,
        publicApi: { allowedCidrs: ["203.0.113.0/24", "198.51.100.0/24"] },
        ...own,
      },
    });
}

/** What differs from the preset with a pool of load balancers. */
export interface OwnAcs {
  readonly controlPlane?: Partial<ClusterProps["controlPlane"]>;
  readonly agents?: Partial<AcsClusterProps["agents"]>;
  readonly balancers?: string;
  readonly location?: string;
  readonly lends?: AcsClusterProps["lends"];
}

/** A network, the preset of a cluster in it, and a pool more, as a stack would have them. */
export function acsCluster({ controlPlane, agents, balancers = "edge", location, lends }: OwnAcs = {}) {
  return (stack: TerraformStack): AcsCluster => {
    const image = { id: GENERATION_1, architecture: "amd64" } as const;
    const made = new AcsCluster(stack, "cluster", {
      ...surroundings(stack, location),
      lends,
      controlPlane: {
        kubernetesVersion: "1.36.4",
        image,
        publicApi: { allowedCidrs: ["203.0.113.0/24", "198.51.100.0/24"] },
        ...controlPlane,
      },
      agents: { image, maxCount: 12, ...agents },
    });
    new NodePool(new Construct(stack, "pools"), balancers, {
      name: balancers,
      role: "loadbalancer",
      machineTypes: ["Standard_D2_v2"],
      image,
      minCount: 2,
      maxCount: 3,
      cluster: made,
    });
    return made;
  };
}
