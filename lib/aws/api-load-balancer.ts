import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { type Port, PORTS } from "../core";
import type { AliasTarget } from "./dns";

export interface ApiLoadBalancerProps {
  /** At most 32 letters, digits and hyphens; unique in the account and region. */
  readonly name: string;
  readonly vpcId: string;
  /** Whether it answers inside the network only. */
  readonly internal: boolean;
  /** One in each zone. */
  readonly subnetIds: readonly string[];
  /** The ranges that may reach the API through it. */
  readonly allowedCidrs: readonly string[];
  /** The security group of the masters, which it is let into. */
  readonly masters: SecurityGroup;
}

/**
 * A network load balancer before the API server, with its security group. It sends nobody to a master whose deep health
 * endpoint does not say that it is well, and neither leaves the group such a master in service.
 *
 * 16.43 USD a month and some more for what passes through.
 *
 * @see https://aws.amazon.com/elasticloadbalancing/pricing/
 */
export class ApiLoadBalancer extends Construct {
  readonly target: AliasTarget;
  readonly targetGroupArn: string;

  constructor(scope: Construct, id: string, props: ApiLoadBalancerProps) {
    super(scope, id);
    const { name, vpcId, internal, subnetIds, allowedCidrs, masters } = props;
    const { kubernetesApi, masterHealth } = PORTS;

    const group = new SecurityGroup(this, "security-group", {
      name,
      description: `The ${internal ? "internal" : "public"} load balancer of the API`,
      vpcId,
      tags: { Name: name },
    });
    const inbound = new Construct(this, "in");
    for (const cidrIpv4 of allowedCidrs) {
      new VpcSecurityGroupIngressRule(inbound, cidrIpv4, {
        securityGroupId: group.id,
        description: "may reach the API",
        cidrIpv4,
        ...open(kubernetesApi),
      });
    }
    const outbound = new Construct(this, "out");
    for (const [what, port] of Object.entries({ api: kubernetesApi, health: masterHealth })) {
      new VpcSecurityGroupEgressRule(outbound, what, {
        securityGroupId: group.id,
        description: `${what} of the masters`,
        referencedSecurityGroupId: masters.id,
        ...open(port),
      });
      new VpcSecurityGroupIngressRule(this, what, {
        securityGroupId: masters.id,
        description: `${what}, from the ${internal ? "internal" : "public"} load balancer`,
        referencedSecurityGroupId: group.id,
        ...open(port),
      });
    }

    const balancer = new Lb(this, "Resource", {
      name,
      loadBalancerType: "network",
      internal,
      subnets: [...subnetIds],
      securityGroups: [group.id],
      // A lone master is in one zone; callers in the others have to reach it.
      enableCrossZoneLoadBalancing: true,
      tags: { Name: name },
    });
    const targets = new LbTargetGroup(this, "masters", {
      name,
      vpcId,
      port: kubernetesApi.from,
      protocol: "TCP",
      // With the caller's own address a master could not reach itself through here.
      preserveClientIp: "false",
      // A master that has handed over is not asked any more; what still talks to it ends with it.
      deregistrationDelay: "30",
      connectionTermination: true,
      healthCheck: {
        protocol: "HTTP",
        port: String(masterHealth.from),
        path: "/healthz",
        matcher: "200",
        interval: 10,
        timeout: 6,
        healthyThreshold: 2,
        // A minute: a reboot takes less, and is no reason for a new machine.
        unhealthyThreshold: 6,
      },
      tags: { Name: name },
    });
    new LbListener(this, "listener", {
      loadBalancerArn: balancer.arn,
      port: kubernetesApi.from,
      protocol: "TCP",
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
      tags: { Name: name },
    });

    this.target = { dnsName: balancer.dnsName, zoneId: balancer.zoneId };
    this.targetGroupArn = targets.arn;
  }
}

function open({ protocol, from, to }: Port) {
  return { ipProtocol: protocol, fromPort: from, toPort: to };
}
