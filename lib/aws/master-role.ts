import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { autoscalerStatements } from "./grants/autoscaler";
import { type BootGrant, bootStatements } from "./grants/boot";
import { cloudControllerStatements } from "./grants/cloud-controller";
import { sessionStatements } from "./grants/sessions";
import { volumeStatements } from "./grants/volumes";
import type { Place } from "./place";
import { policy, type Statement } from "./policy";

export interface MasterRoleProps extends BootGrant {
  /** Names the role; unique in the account. */
  readonly name: string;
  readonly cluster: string;
  readonly place: Place;
}

/**
 * What a master may do, a policy for each of those who do it. docs/iam.md lists each action with its caller. It deletes
 * nothing in the store.
 */
export class MasterRole extends Construct {
  readonly profileArn: string;
  /** What has to be there before a machine boots with the role. */
  readonly attachments: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MasterRoleProps) {
    super(scope, id);
    const { name, cluster, place } = props;

    const role = new IamRole(this, "Resource", {
      name,
      description: `The master of ${cluster}`,
      assumeRolePolicy: policy({
        Effect: "Allow",
        Principal: { Service: "ec2.amazonaws.com" },
        Action: "sts:AssumeRole",
      }),
    });
    const statements: Readonly<Record<string, readonly Statement[]>> = {
      boot: bootStatements(place, props),
      "cloud-controller": cloudControllerStatements(place, cluster),
      volumes: volumeStatements(place, cluster),
      autoscaler: autoscalerStatements(place, cluster),
      sessions: sessionStatements(place),
    };
    const [policies, attachments] = [new Construct(this, "policies"), new Construct(this, "attachments")];
    this.attachments = Object.entries(statements).map(([caller, grants]) => {
      const { arn: policyArn } = new IamPolicy(policies, caller, {
        name: `${name}-${caller}`,
        description: `The master of ${cluster}: ${caller}`,
        policy: policy(...grants),
      });
      return new IamRolePolicyAttachment(attachments, caller, { role: role.name, policyArn });
    });
    this.profileArn = new IamInstanceProfile(this, "profile", { name, role: role.name }).arn;
  }
}
