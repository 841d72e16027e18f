import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { PORTS } from "../core";
import type { INodeSecurity } from "./azure-cluster";
import type { Place } from "./place";
import { type Ingress, type ISecurityGroup, letIn, PROBES, SecurityGroup } from "./security-group";

export interface NodeSecurityProps {
  /** Starts the group's name. */
  readonly name: string;
  readonly place: Place;
  /** The id of the application security group of the cluster's machines. */
  readonly members: string;
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

/** The security groups of a cluster's nodes, and what lets nodes and masters talk. */
export class NodeSecurity extends Construct implements INodeSecurity {
  readonly members: string;
  readonly services: string;
  /** What has to be there while a node talks. */
  readonly rules: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, place, members, masters }: NodeSecurityProps) {
    super(scope, id);

    const services = new NodeFence(this, "services", { name: `${name}-services`, place, members });
    const into = new Construct(this, "into");
    this.rules = [...services.rules, ...talking(new Construct(into, "masters"), masters, members)];
    this.members = members;
    this.services = services.id;
  }
}

export interface NodeFenceProps extends Pick<NodeSecurityProps, "place" | "members"> {
  readonly name: string;
}

/** A group that nodes wear: in from each other, the master, and load balancers that ask whether a node is well. */
export class NodeFence extends SecurityGroup {
  readonly rules: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, place, members }: NodeFenceProps) {
    super(scope, id, { name, place });
    const inbound = new Construct(this, "talk");
    const probes = letIn(inbound, "probes", this, {
      priority: 200,
      from: [PROBES],
      description: "load balancers, which ask whether a machine is well",
    });
    this.rules = [probes, ...talking(inbound, this, members)];
  }
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
