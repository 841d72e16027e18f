import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { RoleDefinition } from "@cdktf/provider-azurerm/lib/role-definition";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type MasterGrant, masterGrants } from "./grants/master";
import { groupId, type Place, placed } from "./place";

export interface MasterRoleProps extends Omit<MasterGrant, "groupId"> {
  /** Names the identity and its roles; unique in the tenant. */
  readonly name: string;
  readonly cluster: string;
  readonly place: Place;
}

/**
 * What a master may do: an identity, with a role of its own for each thing that is done to something else, kept to that. The one of
 * Azure's own is for metrics. docs/iam-azure.md lists each action with its caller. It deletes nothing in the store.
 */
export class MasterRole extends Construct {
  readonly identityId: string;
  /** What programs ask the metadata service for tokens of it by. */
  readonly clientId: string;
  readonly tenantId: string;
  /** What has to be there before a machine boots with the identity. */
  readonly attachments: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: MasterRoleProps) {
    super(scope, id);
    const { name, cluster, place } = props;

    const identity = new UserAssignedIdentity(this, "Resource", { name, ...placed(place) });
    const principal = {
      principalId: identity.principalId,
      principalType: "ServicePrincipal",
      // It is new, and Entra may not tell of it everywhere yet.
      skipServicePrincipalAadCheck: true,
    };
    const [roles, assignments] = [new Construct(this, "roles"), new Construct(this, "assignments")];
    const grants = Object.entries(masterGrants({ ...props, groupId: groupId(place) }));
    const own = grants.map(([what, { scope: kept, group, actions, dataActions, condition }]) => {
      const role = new RoleDefinition(roles, what, {
        name: `${name}-${what}`,
        description: `The master of ${cluster}: ${what}`,
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
    // Azure Monitor's documentation knows of no other role that may send it metrics.
    // https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-custom-overview
    const metrics = new RoleAssignment(assignments, "metrics", {
      ...principal,
      scope: groupId(place),
      roleDefinitionName: "Monitoring Metrics Publisher",
    });
    this.attachments = [...own, metrics];
    this.identityId = identity.id;
    this.clientId = identity.clientId;
    this.tenantId = identity.tenantId;
  }
}
