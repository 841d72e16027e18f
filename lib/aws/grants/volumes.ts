import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";

/**
 * For the EBS CSI driver's controller: volumes and snapshots that it has made for this cluster. It tags them with the
 * name that its values give it, and without that name it may make none. Machines carry a tag of their own, so that their
 * disks are none of its volumes.
 *
 * @see https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/v1.62.0/docs/AmazonEBSCSIDriverEKSClusterScopedPolicy.json
 */
export function volumeStatements(place: Place, cluster: string): readonly Statement[] {
  const volumes = place.arn("ec2", "volume/*");
  const snapshots = place.snapshotArn();
  const tag = "ebs.csi.aws.com/cluster-name";
  const made = { [`aws:RequestTag/${tag}`]: cluster };
  const owned = { [`ec2:ResourceTag/${tag}`]: cluster };
  return [
    allow(
      "LookAround",
      [
        "ec2:DescribeAvailabilityZones",
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumes",
        "ec2:DescribeVolumesModifications",
        "ec2:DescribeVolumeStatus",
      ],
      ["*"],
    ),
    // AWS asks about what is made and about what it is made of: the first has the request's tags, the second its own.
    {
      ...allow("MakeVolumes", ["ec2:CopyVolumes", "ec2:CreateVolume"], [volumes]),
      Condition: { StringEquals: made },
    },
    {
      ...allow("MakeSnapshots", ["ec2:CreateSnapshot"], [snapshots]),
      Condition: { StringEquals: made },
    },
    // Only while something is made: whoever may tag what others made may make it his own.
    {
      ...allow("TagWhatItMakes", ["ec2:CreateTags"], [volumes, snapshots]),
      Condition: {
        StringEquals: { ...made, "ec2:CreateAction": ["CopyVolumes", "CreateSnapshot", "CreateVolume"] },
      },
    },
    {
      ...allow(
        "KeepVolumes",
        [
          "ec2:AttachVolume",
          "ec2:CopyVolumes",
          "ec2:CreateSnapshot",
          "ec2:DeleteVolume",
          "ec2:DetachVolume",
          "ec2:ModifyVolume",
        ],
        [volumes],
      ),
      Condition: { StringEquals: owned },
    },
    {
      ...allow("KeepSnapshots", ["ec2:CreateVolume", "ec2:DeleteSnapshot"], [snapshots]),
      Condition: { StringEquals: owned },
    },
    {
      ...allow(
        "AttachToMachines",
        ["ec2:AttachVolume", "ec2:DetachVolume"],
        [place.arn("ec2", "instance/*")],
      ),
      Condition: { StringEquals: { [`ec2:ResourceTag/kubernetes.io/cluster/${cluster}`]: "owned" } },
    },
  ];
}
