import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";

/**
 * For the cluster autoscaler: it sets the size of the groups that carry its tags, which are node pools and never the
 * master's group.
 *
 * @see https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md
 */
export function autoscalerStatements(place: Place, cluster: string): readonly Statement[] {
  return [
    allow(
      "LookAround",
      [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
      ],
      ["*"],
    ),
    {
      ...allow(
        "SizePools",
        ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
        [place.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/*")],
      ),
      Condition: { StringEquals: { [`aws:ResourceTag/k8s.io/cluster-autoscaler/${cluster}`]: "owned" } },
    },
  ];
}
