import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { PORTS } from "../core";
import type { INodeSecurity } from "./azure-cluster";
import { type Ingress, type ISecurityGroup, letIn, PROBES } from "./security-group";

export interface NodeSecurityProps {
  /** The id of the application security group of the cluster's machines. */
  readonly members: string;
  /** The group that workers wear, and that the cloud controller opens to Services' balancers. */
  readonly services: ISecurityGroup & { readonly id: string };
  /** The masters' security group. */
  readonly masters: ISecurityGroup;
}

/**
 * What nodes and masters say to each other, in every direction, beside the API, which is behind its balancer; each with its place in
 * the order of a group's rules.
 */
const TALK: Readonly<Record<string, Pick<Ingress, "priority" | "port">>> = {
  vxlan: { priority: 300, port: PORTS.vxlan },
  "cilium-health": { priority: 310, port: PORTS.ciliumHealth },
  kubelet: { priority: 320, port: PORTS.kubelet },
  echo: { priority: 330, port: "icmp" },
};

/** What lets nodes and masters talk, whatever the cloud controller opens beside. */
export class NodeSecurity extends Construct implements INodeSecurity {
  readonly members: string;
  readonly services: string;
  /** What has to be there while a node talks. */
  readonly rules: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { members, services, masters }: NodeSecurityProps) {
    super(scope, id);

    const into = new Construct(this, "into");
    this.rules = [
      ...letNodeTalk(new Construct(into, "services"), services, members),
      ...talking(new Construct(into, "masters"), masters, members),
    ];
    this.members = members;
    this.services = services.id;
  }
}

/** Lets into a group that nodes wear who has to reach each: the cluster's machines, and load balancers that ask whether it is well. */
export function letNodeTalk(
  scope: Construct,
  group: ISecurityGroup,
  members: string,
): readonly ITerraformDependable[] {
  const probes = letIn(scope, "probes", group, {
    priority: 200,
    from: [PROBES],
    description: "load balancers, which ask whether a machine is well",
  });
  return [probes, ...talking(scope, group, members)];
}

/** Lets the cluster's machines reach those of a group. */
function talking(scope: Construct, to: ISecurityGroup, members: string): ITerraformDependable[] {
  return Object.entries(TALK).map(([what, ingress]) =>
    letIn(scope, what, to, {
      ...ingress,
      from: { members },
      description: `${what}, from the cluster's machines`,
    }),
  );
}
