import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { MachineImage } from "./machine-image";

export interface LaunchTemplateProps {
  /** Of the template and the machines; unique in the account and region. */
  readonly name: string;
  readonly description: string;
  readonly image: MachineImage;
  /** @default the group names its types */
  readonly instanceType?: string;
  readonly diskGiB: number;
  /** Of the role that the machines have. */
  readonly profileArn: string;
  readonly securityGroupIds: readonly string[];
  /** @default false */
  readonly publicAddress?: boolean;
  /**
   * Whether pods that are not in the host's network reach the metadata service, one hop further away, as far as policies let them.
   * @default false
   */
  readonly lendsIdentity?: boolean;
  /** Of machines, their disks and their network interfaces, beside the name. */
  readonly tags: Readonly<Record<string, string>>;
  /** In plain text. */
  readonly userData: string;
}

/** What a group's machines start from. It belongs to the scope itself, which its address is of. */
export function launchTemplate(scope: Construct, props: LaunchTemplateProps): LaunchTemplate {
  const { name, description, image, instanceType, diskGiB, profileArn, userData } = props;
  const { securityGroupIds, publicAddress = false, lendsIdentity = false, tags } = props;
  return new LaunchTemplate(scope, "launch-template", {
    name,
    description,
    updateDefaultVersion: true,
    imageId: image.id,
    instanceType,
    iamInstanceProfile: { arn: profileArn },
    // With one hop, pods that are not in the host's network do not reach the machine's rights.
    metadataOptions: {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: lendsIdentity ? 2 : 1,
    },
    monitoring: { enabled: false },
    networkInterfaces: [
      {
        deviceIndex: 0,
        associatePublicIpAddress: String(publicAddress),
        securityGroups: [...securityGroupIds],
        deleteOnTermination: "true",
      },
    ],
    blockDeviceMappings: [
      {
        deviceName: "/dev/sda1",
        ebs: { volumeType: "gp3", volumeSize: diskGiB, encrypted: "true", deleteOnTermination: "true" },
      },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
      resourceType,
      tags: { Name: name, ...tags },
    })),
    userData: Fn.base64encode(userData),
    tags: { Name: name },
  });
}
