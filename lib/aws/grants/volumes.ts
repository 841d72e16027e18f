import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";

/**
 * For the EBS CSI driver's controller: volumes and snapshots that it has made itself, which carry its tag.
 *
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/example-iam-policy.json
 */
export function volumeStatements(place: Place): readonly Statement[] {
  const volumes = place.arn("ec2", "volume/*");
  const snapshots = place.snapshotArn();
  const made = "ebs.csi.aws.com/cluster";
  return [
    allow(
      "LookAround",
      [
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeSnapshots",
        "ec2:DescribeTags",
        "ec2:DescribeVolumes",
        "ec2:DescribeVolumesModifications",
        "ec2:DescribeVolumeStatus",
      ],
      ["*"],
    ),
    {
      ...allow("MakeVolumes", ["ec2:CreateSnapshot", "ec2:CreateVolume"], [volumes, snapshots]),
      Condition: { StringEquals: { [`aws:RequestTag/${made}`]: "true" } },
    },
    // A snapshot is made of a volume, and a volume of a snapshot, which were tagged before.
    {
      ...allow("MakeVolumesOf", ["ec2:CreateSnapshot", "ec2:CreateVolume"], [volumes, snapshots]),
      Condition: { StringEquals: { [`aws:ResourceTag/${made}`]: "true" } },
    },
    {
      ...allow("TagNewVolumes", ["ec2:CreateTags"], [volumes, snapshots]),
      Condition: { StringEquals: { "ec2:CreateAction": ["CreateVolume", "CreateSnapshot"] } },
    },
    {
      ...allow(
        "KeepVolumes",
        ["ec2:DeleteSnapshot", "ec2:DeleteVolume", "ec2:ModifyVolume"],
        [volumes, snapshots],
      ),
      Condition: { StringEquals: { [`aws:ResourceTag/${made}`]: "true" } },
    },
    allow(
      "AttachVolumes",
      ["ec2:AttachVolume", "ec2:DetachVolume"],
      [volumes, place.arn("ec2", "instance/*")],
    ),
  ];
}
