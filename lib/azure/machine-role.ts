import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { RoleDefinition } from "@cdktf/provider-azurerm/lib/role-definition";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type Place, placed } from "./place";
import type { Grant } from "./rights";

export interface MachineRoleProps {
  /** Names the identity and starts its roles' names; unique in the tenant. */
  readonly name: string;
  readonly place: Place;
  /** Whose role it is, in plain text. */
  readonly description: string;
  /** What may be done, by what it is done to. */
  readonly grants: Readonly<Record<string, Grant>>;
  /**
   * Roles of Azure's own, where no other will do.
   * @default none
   */
  readonly builtIn?: Readonly<Record<string, BuiltInGrant>>;
}

/** A role of Azure's own, and the id of what it is kept to. */
export interface BuiltInGrant {
  readonly roleDefinitionName: string;
  readonly scope: string;
}

/**
 * What the machines of a set may do: an identity, with a role of its own for each thing that is done to something else, kept to that.
 * docs/iam-azure.md lists each action with its caller.
 */
export class MachineRole extends Construct {
  readonly identityId: string;
  /** What programs ask the metadata service for tokens of it by. */
  readonly clientId: string;
  readonly tenantId: string;
  /** What has to be there before a machine boots with the identity. */
  readonly attachments: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MachineRoleProps) {
    super(scope, id);
    const { name, place, description, grants, builtIn = {} } = props;

    const identity = new UserAssignedIdentity(this, "Resource", { name, ...placed(place) });
    const principal = {
      principalId: identity.principalId,
      principalType: "ServicePrincipal",
      // It is new, and Entra may not tell of it everywhere yet.
      skipServicePrincipalAadCheck: true,
    };
    const [roles, assignments] = [new Construct(this, "roles"), new Construct(this, "assignments")];
    const own = Object.entries(grants).map(([what, grant]) => {
      const { scope: kept, group, actions, dataActions, condition } = grant;
      const role = new RoleDefinition(roles, what, {
        name: `${name}-${what}`,
        description: `${description}: ${what}`,
        scope: group,
        assignableScopes: [group],
        permissions: [{ actions: actions && [...actions], dataActions: dataActions && [...dataActions] }],
      });
      return new RoleAssignment(assignments, what, {
        ...principal,
        scope: kept,
        roleDefinitionId: role.roleDefinitionResourceId,
        ...(condition && { condition, conditionVersion: "2.0" }),
      });
    });
    const others = Object.entries(builtIn).map(
      ([what, grant]) => new RoleAssignment(assignments, what, { ...principal, ...grant }),
    );
    this.attachments = [...own, ...others];
    this.identityId = identity.id;
    this.clientId = identity.clientId;
    this.tenantId = identity.tenantId;
  }
}
