import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";

/**
 * For the cloud controller manager: it gives Nodes their zones and addresses, and Services that ask for one a network load
 * balancer. Of what others have made it changes nothing: what it does not create has to carry the cluster's tag.
 *
 * It makes no security groups, since it is not told to manage them, and no classic balancers: for a Service without the
 * annotation `service.beta.kubernetes.io/aws-load-balancer-type: nlb` it is denied the first thing that it would make.
 *
 * @see https://github.com/kubernetes/cloud-provider-aws/blob/v1.36.1/docs/prerequisites.md
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
export function cloudControllerStatements(place: Place, cluster: string): readonly Statement[] {
  const tag = `kubernetes.io/cluster/${cluster}`;
  const made = { [`aws:RequestTag/${tag}`]: "owned" };
  const owned = { [`aws:ResourceTag/${tag}`]: "owned" };
  const balancers = place.arn("elasticloadbalancing", "loadbalancer/net/*");
  const listeners = place.arn("elasticloadbalancing", "listener/net/*");
  const targets = place.arn("elasticloadbalancing", "targetgroup/*");
  return [
    allow(
      "LookAround",
      [
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTopology",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTargetGroupAttributes",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
      ],
      ["*"],
    ),
    {
      ...allow(
        "MakeBalancers",
        ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
        [balancers, targets],
      ),
      Condition: { StringEquals: made },
    },
    // What AWS asks about here is the balancer that the listener is for, which might be anybody's.
    {
      ...allow("MakeListeners", ["elasticloadbalancing:CreateListener"], [balancers]),
      Condition: { StringEquals: { ...made, ...owned } },
    },
    // Only while something is made: whoever may tag what others made may make it his own.
    {
      ...allow("TagWhatItMakes", ["elasticloadbalancing:AddTags"], [balancers, listeners, targets]),
      Condition: {
        StringEquals: {
          ...made,
          "elasticloadbalancing:CreateAction": ["CreateListener", "CreateLoadBalancer", "CreateTargetGroup"],
        },
      },
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
        ],
        [balancers, listeners, targets],
      ),
      Condition: { StringEquals: owned },
    },
    // The groups of nodes, which it opens to balancers.
    {
      ...allow(
        "OpenNodes",
        ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"],
        [place.arn("ec2", "security-group/*")],
      ),
      Condition: { StringEquals: owned },
    },
  ];
}
