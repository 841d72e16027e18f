import {
  ControlPlane,
  type ControlPlaneProps,
  Dns,
  type DnsProps,
  sealingKeyOf,
  storeOf,
} from "../../../lib/azure";
import type { Terraform } from "../../support/synth";
import { IMAGE } from "./estate";
import { PLACE, problemsOf, synth } from "./synth";

/** A network that somebody already has. */
export const NETWORK = {
  networkId: "/subscriptions/1/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/net",
  cidrBlock: "10.0.0.0/16",
  zones: ["1", "2", "3"],
  privateSubnetIds: ["private"],
  publicSubnetIds: ["public"],
} satisfies ControlPlaneProps["network"];

/** What a test says of a control plane, beside what each has. */
export interface Own extends Partial<Omit<ControlPlaneProps, "dns">> {
  /** @default one that is made */
  readonly publicZone?: DnsProps["publicZone"];
}

const STORE = { ...PLACE, resourceGroup: "acme-prod-store" };

type Stack = ConstructorParameters<typeof Dns>[0];

function build({ publicZone = "new", ...own }: Own) {
  return (stack: Stack): void => {
    const { networkId } = NETWORK;
    const names = { environment: "prod", place: PLACE, domain: "acme.io", networkId, publicZone };
    new ControlPlane(stack, "control-plane", {
      name: "acme-prod",
      place: PLACE,
      cluster: "acme-prod",
      network: NETWORK,
      dns: new Dns(stack, "dns", names),
      store: storeOf(STORE, "acmestore"),
      sealingKey: sealingKeyOf(STORE, "acme-vault"),
      kubernetesVersion: "1.36.4",
      image: IMAGE,
      ...own,
    });
  };
}

/** A stack with a control plane "control-plane" in it, of the cluster "prod" in the domain "acme.io". */
export function controlPlane(own: Own = {}): Terraform {
  return synth(build(own));
}

/** What is wrong with a control plane, a line each. */
export function problems(own: Own): readonly string[] {
  return problemsOf(build(own));
}
