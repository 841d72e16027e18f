import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Route53HealthCheck } from "@cdktf/provider-aws/lib/route53-health-check";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { policy, tags, type Make } from "./make";

/** The types of a cluster, beside its network. */
export const CLUSTER_MAKERS: Readonly<Record<string, Make>> = {
  aws_s3_object: (stack, id, idOf) =>
    new S3Object(stack, id, { bucket: idOf("aws_s3_bucket"), key: "bundles/one.tar", content: "one" }),
  aws_iam_policy: (stack, id) =>
    new IamPolicy(stack, id, { name: "backup", description: "Backups", policy: policy("s3:PutObject") }),
  aws_iam_role_policy_attachment: (stack, id, idOf) =>
    new IamRolePolicyAttachment(stack, id, {
      role: idOf("aws_iam_role"),
      policyArn: idOf("aws_iam_policy"),
    }),
  aws_iam_instance_profile: (stack, id, idOf) =>
    new IamInstanceProfile(stack, id, { name: "nodes", role: idOf("aws_iam_role") }),
  aws_route53_zone: (stack, id, idOf) =>
    new Route53Zone(stack, id, { name: "bench.kube", vpc: [{ vpcId: idOf("aws_vpc") }], tags }),
  aws_route53_record: (stack, id, idOf) =>
    new Route53Record(stack, id, {
      zoneId: idOf("aws_route53_zone"),
      name: "api",
      type: "CNAME",
      ttl: 60,
      records: ["one"],
    }),
  aws_route53_health_check: (stack, id) =>
    new Route53HealthCheck(stack, id, {
      fqdn: "api.example.com",
      port: 443,
      type: "HTTPS",
      resourcePath: "/readyz",
      failureThreshold: 3,
      requestInterval: 30,
      tags,
    }),
  aws_lb: (stack, id, idOf) =>
    new Lb(stack, id, {
      name: "api",
      internal: true,
      loadBalancerType: "network",
      subnets: [idOf("aws_subnet")],
      securityGroups: [idOf("aws_security_group")],
      tags,
    }),
  aws_lb_target_group: (stack, id, idOf) =>
    new LbTargetGroup(stack, id, {
      name: "api",
      port: 6443,
      protocol: "TCP",
      vpcId: idOf("aws_vpc"),
      deregistrationDelay: "30",
      healthCheck: { protocol: "HTTPS", path: "/readyz", port: "6443", interval: 10 },
      tags,
    }),
  aws_lb_listener: (stack, id, idOf) =>
    new LbListener(stack, id, {
      loadBalancerArn: idOf("aws_lb"),
      port: 443,
      protocol: "TCP",
      defaultAction: [{ type: "forward", targetGroupArn: idOf("aws_lb_target_group") }],
    }),
  aws_launch_template: (stack, id, idOf) =>
    new LaunchTemplate(stack, id, {
      name: "nodes",
      imageId: "ami-1",
      instanceType: "m7i.large",
      iamInstanceProfile: { arn: idOf("aws_iam_instance_profile") },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [{ deviceName: "/dev/sda1", ebs: { encrypted: "true", volumeSize: 40 } }],
      networkInterfaces: [{ deviceIndex: 0, securityGroups: [idOf("aws_security_group")] }],
      userData: "#!/bin/bash",
      tagSpecifications: [{ resourceType: "instance", tags }],
      tags,
    }),
  aws_autoscaling_group: (stack, id, idOf) =>
    new AutoscalingGroup(stack, id, {
      name: "nodes",
      minSize: 1,
      maxSize: 3,
      vpcZoneIdentifier: [idOf("aws_subnet")],
      launchTemplate: { id: idOf("aws_launch_template"), version: "1" },
      targetGroupArns: [idOf("aws_lb_target_group")],
      tag: [{ key: "Name", value: "bench", propagateAtLaunch: true }],
    }),
  aws_cloudwatch_metric_alarm: (stack, id) =>
    new CloudwatchMetricAlarm(stack, id, {
      alarmName: "backups",
      comparisonOperator: "LessThanThreshold",
      evaluationPeriods: 3,
      metricName: "Age",
      namespace: "keelson",
      period: 60,
      statistic: "Maximum",
      threshold: 1,
      tags,
    }),
};
