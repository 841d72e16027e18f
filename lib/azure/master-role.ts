import type { Construct } from "constructs";
import { type MasterGrant, masterGrants } from "./grants/master";
import { MachineRole } from "./machine-role";
import { groupId, type Place } from "./place";

export interface MasterRoleProps extends Omit<MasterGrant, "groupId"> {
  /** Names the identity and its roles; unique in the tenant. */
  readonly name: string;
  readonly cluster: string;
  readonly place: Place;
}

/** What a master may do. The role of Azure's own is for metrics. It deletes nothing in the store. */
export class MasterRole extends MachineRole {
  constructor(scope: Construct, id: string, props: MasterRoleProps) {
    const { name, cluster, place } = props;
    const group = groupId(place);
    super(scope, id, {
      name,
      place,
      description: `The master of ${cluster}`,
      grants: masterGrants({ ...props, groupId: group }),
      builtIn: {
        // Azure Monitor's documentation knows of no other role that may send it metrics.
        // https://learn.microsoft.com/azure/azure-monitor/essentials/metrics-custom-overview
        metrics: { roleDefinitionName: "Monitoring Metrics Publisher", scope: group },
      },
    });
  }
}
