import type { Statement } from "../policy";
import { allow } from "./boot";

/**
 * For Session Manager's agent, which is the only way into a machine: there is no SSH.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export function sessionStatements(): readonly Statement[] {
  return [
    allow(
      "Sessions",
      [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      ["*"],
    ),
  ];
}
