import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { NetworkAcl } from "@cdktf/provider-aws/lib/network-acl";
import { NetworkAclAssociation } from "@cdktf/provider-aws/lib/network-acl-association";
import { NetworkAclRule } from "@cdktf/provider-aws/lib/network-acl-rule";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { CLUSTER_MAKERS } from "./cluster-makers";
import { policy, tags, type Make } from "./make";

/**
 * The types that the stacks have, with about the arguments that they are given there. A type comes after those that it
 * refers to.
 */
export const MAKERS: Readonly<Record<string, Make>> = {
  "data.aws_caller_identity": (stack, id) => new DataAwsCallerIdentity(stack, id, {}),
  "data.aws_partition": (stack, id) => new DataAwsPartition(stack, id, {}),
  "data.aws_ssm_parameter": (stack, id) => new DataAwsSsmParameter(stack, id, { name: "/images/nat" }),
  aws_vpc: (stack, id) =>
    new Vpc(stack, id, {
      cidrBlock: "10.0.0.0/16",
      instanceTenancy: "default",
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags,
    }),
  aws_default_security_group: (stack, id, idOf) =>
    new DefaultSecurityGroup(stack, id, { vpcId: idOf("aws_vpc"), ingress: [], egress: [], tags }),
  aws_internet_gateway: (stack, id, idOf) => new InternetGateway(stack, id, { vpcId: idOf("aws_vpc"), tags }),
  aws_subnet: (stack, id, idOf) =>
    new Subnet(stack, id, {
      vpcId: idOf("aws_vpc"),
      availabilityZone: "us-east-1a",
      cidrBlock: "10.0.0.0/20",
      mapPublicIpOnLaunch: false,
      tags,
    }),
  aws_route_table: (stack, id, idOf) => new RouteTable(stack, id, { vpcId: idOf("aws_vpc"), tags }),
  aws_route_table_association: (stack, id, idOf) =>
    new RouteTableAssociation(stack, id, {
      subnetId: idOf("aws_subnet"),
      routeTableId: idOf("aws_route_table"),
    }),
  aws_route: (stack, id, idOf) =>
    new Route(stack, id, {
      routeTableId: idOf("aws_route_table"),
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: idOf("aws_internet_gateway"),
    }),
  aws_network_acl: (stack, id, idOf) => new NetworkAcl(stack, id, { vpcId: idOf("aws_vpc"), tags }),
  aws_network_acl_association: (stack, id, idOf) =>
    new NetworkAclAssociation(stack, id, {
      subnetId: idOf("aws_subnet"),
      networkAclId: idOf("aws_network_acl"),
    }),
  aws_network_acl_rule: (stack, id, idOf) =>
    new NetworkAclRule(stack, id, {
      networkAclId: idOf("aws_network_acl"),
      ruleNumber: 100,
      ruleAction: "allow",
      protocol: "tcp",
      cidrBlock: "0.0.0.0/0",
      fromPort: 443,
      toPort: 443,
    }),
  aws_security_group: (stack, id, idOf) =>
    new SecurityGroup(stack, id, {
      name: "nat",
      description: "The NAT instance",
      vpcId: idOf("aws_vpc"),
      tags,
    }),
  aws_vpc_security_group_ingress_rule: (stack, id, idOf) =>
    new VpcSecurityGroupIngressRule(stack, id, {
      securityGroupId: idOf("aws_security_group"),
      description: "in",
      ipProtocol: "-1",
      cidrIpv4: "10.0.0.0/20",
    }),
  aws_vpc_security_group_egress_rule: (stack, id, idOf) =>
    new VpcSecurityGroupEgressRule(stack, id, {
      securityGroupId: idOf("aws_security_group"),
      description: "out",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    }),
  aws_network_interface: (stack, id, idOf) =>
    new NetworkInterface(stack, id, {
      subnetId: idOf("aws_subnet"),
      securityGroups: [idOf("aws_security_group")],
      sourceDestCheck: false,
      tags,
    }),
  aws_eip: (stack, id) => new Eip(stack, id, { domain: "vpc", tags }),
  aws_nat_gateway: (stack, id, idOf) =>
    new NatGateway(stack, id, { subnetId: idOf("aws_subnet"), allocationId: idOf("aws_eip"), tags }),
  aws_instance: (stack, id, idOf) =>
    new Instance(stack, id, {
      ami: "ami-1",
      instanceType: "t4g.nano",
      primaryNetworkInterface: { networkInterfaceId: idOf("aws_network_interface") },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 8 },
      userData: "#!/bin/bash",
      tags,
    }),
  aws_vpc_endpoint: (stack, id, idOf) =>
    new VpcEndpoint(stack, id, {
      vpcId: idOf("aws_vpc"),
      vpcEndpointType: "Gateway",
      serviceName: "com.amazonaws.us-east-1.s3",
      routeTableIds: [idOf("aws_route_table")],
      tags,
    }),
  aws_cloudwatch_log_group: (stack, id) =>
    new CloudwatchLogGroup(stack, id, { name: "/vpc/flow-logs", retentionInDays: 30 }),
  aws_iam_role: (stack, id) =>
    new IamRole(stack, id, {
      name: "flow-logs",
      description: "Flow logs",
      assumeRolePolicy: policy("sts:AssumeRole"),
    }),
  aws_iam_role_policy: (stack, id, idOf) =>
    new IamRolePolicy(stack, id, {
      role: idOf("aws_iam_role"),
      name: "write",
      policy: policy("logs:PutLogEvents"),
    }),
  aws_flow_log: (stack, id, idOf) =>
    new FlowLog(stack, id, {
      vpcId: idOf("aws_vpc"),
      trafficType: "ALL",
      logDestination: idOf("aws_cloudwatch_log_group"),
      iamRoleArn: idOf("aws_iam_role"),
      tags,
    }),
  aws_s3_bucket: (stack, id) =>
    new S3Bucket(stack, id, { bucket: "state", forceDestroy: false, lifecycle: { preventDestroy: true } }),
  aws_s3_bucket_versioning: (stack, id, idOf) =>
    new S3BucketVersioningA(stack, id, {
      bucket: idOf("aws_s3_bucket"),
      versioningConfiguration: { status: "Enabled" },
    }),
  aws_s3_bucket_lifecycle_configuration: (stack, id, idOf) =>
    new S3BucketLifecycleConfiguration(stack, id, {
      bucket: idOf("aws_s3_bucket"),
      rule: [
        {
          id: "old",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: 90 }],
        },
      ],
    }),
  aws_s3_bucket_server_side_encryption_configuration: (stack, id, idOf) =>
    new S3BucketServerSideEncryptionConfigurationA(stack, id, {
      bucket: idOf("aws_s3_bucket"),
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    }),
  aws_s3_bucket_ownership_controls: (stack, id, idOf) =>
    new S3BucketOwnershipControls(stack, id, {
      bucket: idOf("aws_s3_bucket"),
      rule: { objectOwnership: "BucketOwnerEnforced" },
    }),
  aws_s3_bucket_public_access_block: (stack, id, idOf) =>
    new S3BucketPublicAccessBlock(stack, id, {
      bucket: idOf("aws_s3_bucket"),
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    }),
  aws_s3_bucket_policy: (stack, id, idOf) =>
    new S3BucketPolicy(stack, id, { bucket: idOf("aws_s3_bucket"), policy: policy("s3:*") }),
  ...CLUSTER_MAKERS,
};
