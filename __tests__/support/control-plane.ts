import { ControlPlane, type ControlPlaneProps, Dns, type DnsProps } from "../../lib/aws";
import { synth, type Terraform } from "./synth";
import { problemsIn } from "./problems";

/** A network that somebody already has. */
export const NETWORK = {
  networkId: "vpc-1",
  cidrBlock: "10.0.0.0/16",
  zones: ["us-east-1a", "us-east-1b"],
  privateSubnetIds: ["subnet-private-a", "subnet-private-b"],
  publicSubnetIds: ["subnet-public-a", "subnet-public-b"],
} satisfies ControlPlaneProps["network"];

export const IMAGE = {
  id: "ami-0a1b2c3d4e5f60718",
  architecture: "amd64",
} satisfies ControlPlaneProps["image"];

/** What a test says of a control plane, beside what each has. */
export interface Own extends Partial<Omit<ControlPlaneProps, "dns">> {
  /** @default one that is made */
  readonly publicZone?: DnsProps["publicZone"];
}

/** A stack with a control plane "control-plane" in it, of the cluster "prod" in the domain "acme.io". */
export function controlPlane(
  { publicZone = "new", ...own }: Own = {},
  look: (made: ControlPlane) => void = () => undefined,
): Terraform {
  return synth((stack) => {
    const { networkId } = NETWORK;
    const dns = new Dns(stack, "dns", { environment: "prod", domain: "acme.io", networkId, publicZone });
    const made = new ControlPlane(stack, "control-plane", {
      name: "acme-prod",
      cluster: "prod",
      network: NETWORK,
      dns,
      store: { name: "acme-prod-store", url: "https://acme-prod-store.s3.us-east-1.amazonaws.com" },
      sealingKey: "alias/acme-prod",
      kubernetesVersion: "1.36.4",
      image: IMAGE,
      ...own,
    });
    look(made);
  });
}

/** What is wrong with a control plane, a line each. */
export function problems(own: Own): readonly string[] {
  return problemsIn(() => {
    controlPlane(own);
  });
}
