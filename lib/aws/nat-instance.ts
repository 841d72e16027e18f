import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { BootScript } from "../core";
import type { INat, NatGatewayProps } from "./nat-gateway";
import type { WayOut } from "./subnet";

/** @see https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
const UBUNTU_ARM64 = "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id";

export interface NatInstanceProps extends NatGatewayProps {
  readonly vpcId: string;
  /** The network's range: what comes from it for elsewhere leaves under the instance's address. */
  readonly cidrBlock: string;
  /** The ranges of the private subnets, by zone. Nothing else may use the instance. */
  readonly privateRanges: Readonly<Record<string, string>>;
}

/**
 * A t4g.nano that does what a NAT gateway does, for a tenth of the price and with a fraction of the throughput.
 *
 * Routes point to its network interface, which also holds the public address, so a replaced instance changes no
 * route and no address. Nobody logs in to it: no SSH, no key, no role.
 */
export class NatInstance extends Construct implements INat {
  readonly wayOut: WayOut;
  readonly publicIp: string;

  constructor(scope: Construct, id: string, props: NatInstanceProps) {
    super(scope, id);
    const { name, vpcId, subnetId, cidrBlock, privateRanges, internetGateway } = props;
    const tags = { Name: name };

    const networkInterface = new NetworkInterface(this, "interface", {
      subnetId,
      securityGroups: [this.securityGroup(name, vpcId, privateRanges).id],
      sourceDestCheck: false,
      tags,
    });
    const address = new Eip(this, "address", {
      domain: "vpc",
      networkInterface: networkInterface.id,
      tags,
      dependsOn: [internetGateway],
    });
    const image = new DataAwsSsmParameter(this, "image", { name: UBUNTU_ARM64 });

    new Instance(this, "Resource", {
      // Public, so not the attribute that Terraform hides as a secret.
      ami: image.insecureValue,
      instanceType: "t4g.nano",
      primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 8 },
      userData: new BootScript(this, "boot", "nat.sh", { NETWORK_RANGE: cidrBlock }).text,
      // The script runs at the first boot only.
      userDataReplaceOnChange: true,
      tags,
      // Canonical publishes an image every few weeks. None may cut the network's way out unasked: take one with
      // `terraform apply -replace`.
      lifecycle: { ignoreChanges: ["ami"] },
      dependsOn: [address],
    });

    this.wayOut = { networkInterfaceId: networkInterface.id };
    this.publicIp = address.publicIp;
  }

  private securityGroup(
    name: string,
    vpcId: string,
    privateRanges: Readonly<Record<string, string>>,
  ): SecurityGroup {
    const group = new SecurityGroup(this, "security-group", {
      name,
      description: "The NAT instance: in from the private subnets, out to the world",
      vpcId,
      tags: { Name: name },
    });
    const inbound = new Construct(this, "in");
    for (const [zone, cidrIpv4] of Object.entries(privateRanges)) {
      new VpcSecurityGroupIngressRule(inbound, zone, {
        securityGroupId: group.id,
        description: `private subnet of ${zone}`,
        ipProtocol: "-1",
        cidrIpv4,
      });
    }
    new VpcSecurityGroupEgressRule(new Construct(this, "out"), "world", {
      securityGroupId: group.id,
      description: "the world, for the private subnets",
      ipProtocol: "-1",
      cidrIpv4: "0.0.0.0/0",
    });
    return group;
  }
}
