import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";

/**
 * For the cloud controller manager: it gives Nodes their zones and addresses, and Services of type LoadBalancer a network
 * load balancer. Of what others have made it changes nothing: what it does not create has to carry the cluster's tag.
 *
 * @see https://cloud-provider-aws.sigs.k8s.io/prerequisites/
 */
export function cloudControllerStatements(place: Place, cluster: string): readonly Statement[] {
  const tag = `kubernetes.io/cluster/${cluster}`;
  const created = { StringEquals: { [`aws:RequestTag/${tag}`]: "owned" } };
  const owned = { StringEquals: { [`aws:ResourceTag/${tag}`]: "owned" } };
  const balancers = ["loadbalancer/net", "listener/net", "targetgroup"].map((kind) =>
    place.arn("elasticloadbalancing", `${kind}/*`),
  );
  const groups = [place.arn("ec2", "security-group/*")];
  return [
    allow(
      "LookAround",
      [
        "autoscaling:DescribeAutoScalingGroups",
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTopology",
        "ec2:DescribeRegions",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      ["*"],
    ),
    {
      ...allow(
        "MakeBalancers",
        [
          "elasticloadbalancing:AddTags",
          "elasticloadbalancing:CreateListener",
          "elasticloadbalancing:CreateLoadBalancer",
          "elasticloadbalancing:CreateTargetGroup",
        ],
        balancers,
      ),
      Condition: created,
    },
    {
      ...allow(
        "KeepBalancers",
        [
          "elasticloadbalancing:DeleteListener",
          "elasticloadbalancing:DeleteLoadBalancer",
          "elasticloadbalancing:DeleteTargetGroup",
          "elasticloadbalancing:DeregisterTargets",
          "elasticloadbalancing:ModifyListener",
          "elasticloadbalancing:ModifyLoadBalancerAttributes",
          "elasticloadbalancing:ModifyTargetGroup",
          "elasticloadbalancing:ModifyTargetGroupAttributes",
          "elasticloadbalancing:RegisterTargets",
          "elasticloadbalancing:SetSecurityGroups",
        ],
        balancers,
      ),
      Condition: owned,
    },
    // Only while a group is made: whoever may tag what others made may make it his own.
    {
      ...allow("MakeGroups", ["ec2:CreateTags"], groups),
      Condition: { StringEquals: { ...created.StringEquals, "ec2:CreateAction": "CreateSecurityGroup" } },
    },
    // The network that a group is made in carries no tag of the cluster.
    allow("MakeGroupsIn", ["ec2:CreateSecurityGroup"], [...groups, place.arn("ec2", "vpc/*")]),
    {
      ...allow(
        "KeepGroups",
        ["ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup", "ec2:RevokeSecurityGroupIngress"],
        groups,
      ),
      Condition: owned,
    },
  ];
}
