import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { policy, type Statement } from "./policy";

export interface MachineRoleProps {
  /** Names the role and starts its policies' names; unique in the account. */
  readonly name: string;
  /** Whose role it is, in plain text. */
  readonly description: string;
  /** What each of its callers may do. */
  readonly statements: Readonly<Record<string, readonly Statement[]>>;
}

/** What the machines of a group may do, a policy for each of those who do it. docs/iam.md lists each action with its caller. */
export class MachineRole extends Construct {
  readonly profileArn: string;
  /** What has to be there before a machine boots with the role. */
  readonly attachments: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, description, statements }: MachineRoleProps) {
    super(scope, id);

    const role = new IamRole(this, "Resource", {
      name,
      description,
      assumeRolePolicy: policy({
        Effect: "Allow",
        Principal: { Service: "ec2.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    });
    const [policies, attachments] = [new Construct(this, "policies"), new Construct(this, "attachments")];
    this.attachments = Object.entries(statements).map(([caller, grants]) => {
      const { arn: policyArn } = new IamPolicy(policies, caller, {
        name: `${name}-${caller}`,
        description: `${description}: ${caller}`,
        policy: policy(...grants),
      });
      return new IamRolePolicyAttachment(attachments, caller, { role: role.name, policyArn });
    });
    this.profileArn = new IamInstanceProfile(this, "profile", { name, role: role.name }).arn;
  }
}
