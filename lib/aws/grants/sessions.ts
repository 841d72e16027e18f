import type { Place } from "../place";
import type { Statement } from "../policy";
import { allow } from "./boot";

/**
 * For Session Manager's agent, which is the only way into a machine: there is no SSH. Its other work, such as commands,
 * patches and inventory, is not granted; the agent says so in its log and goes on.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export function sessionStatements(place: Place): readonly Statement[] {
  return [
    // AWS asks about the machine that reports.
    allow("Report", ["ssm:UpdateInstanceInformation"], [place.arn("ec2", "instance/*")]),
    allow(
      "Sessions",
      [
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      ["*"],
    ),
  ];
}
