import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Port, PORTS } from "../core";
import type { INodeSecurity } from "./aws-cluster";

export interface NodeSecurityProps {
  /** Starts the groups' names. */
  readonly name: string;
  /** What tags call the cluster. */
  readonly cluster: string;
  readonly vpcId: string;
  /** The masters' security group. */
  readonly masters: SecurityGroup;
}

/** What nodes and masters say to each other, in every direction, beside the API, which is behind its balancer. */
const TALK: Readonly<Record<string, Port>> = {
  vxlan: PORTS.vxlan,
  "cilium-health": PORTS.ciliumHealth,
  kubelet: PORTS.kubelet,
};

/** @see https://www.iana.org/assignments/icmp-parameters/ */
const ECHO = { ipProtocol: "icmp", fromPort: 8, toPort: -1 };

/** The security groups of a cluster's nodes, and what lets nodes and masters talk. */
export class NodeSecurity extends Construct implements INodeSecurity {
  readonly members: string;
  readonly services: string;
  /** What has to be there while a node talks. */
  readonly rules: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, cluster, vpcId, masters }: NodeSecurityProps) {
    super(scope, id);

    const members = new SecurityGroup(this, "members", {
      name: `${name}-members`,
      description: "Nodes: in from each other and the master, out to the world",
      vpcId,
      tags: { Name: `${name}-members` },
    });
    const services = new SecurityGroup(this, "services", {
      name: `${name}-services`,
      description: "What the cloud controller opens to the balancers of Services",
      vpcId,
      // Of the groups that a node wears exactly one may have this tag: that is how the controller knows which.
      tags: { Name: `${name}-services`, [`kubernetes.io/cluster/${cluster}`]: "owned" },
    });

    const groups = { members, masters };
    const into = new Construct(this, "into");
    this.rules = [
      ...talking(new Construct(into, "members"), members, groups),
      ...talking(new Construct(into, "masters"), masters, { members }),
      new VpcSecurityGroupEgressRule(new Construct(this, "out"), "world", {
        securityGroupId: members.id,
        description: "AWS services, packages, images, and what pods talk to",
        ipProtocol: "-1",
        cidrIpv4: "0.0.0.0/0",
      }),
    ];
    this.members = members.id;
    this.services = services.id;
  }
}

/** Lets each of these groups reach another one. */
function talking(
  scope: Construct,
  to: SecurityGroup,
  from: Readonly<Record<string, SecurityGroup>>,
): VpcSecurityGroupIngressRule[] {
  return Object.entries(from).flatMap(([who, group]) => {
    const rules = new Construct(scope, who);
    const traffic = {
      ...Object.fromEntries(Object.entries(TALK).map(([what, port]) => [what, open(port)])),
      echo: ECHO,
    };
    return Object.entries(traffic).map(
      ([what, ports]) =>
        new VpcSecurityGroupIngressRule(rules, what, {
          securityGroupId: to.id,
          description: `${what}, from ${who}`,
          referencedSecurityGroupId: group.id,
          ...ports,
        }),
    );
  });
}

function open({ protocol, from, to }: Port) {
  return { ipProtocol: protocol, fromPort: from, toPort: to };
}
