import type { Grant } from "../rights";
import { autoscalerGrants } from "./autoscaler";
import { type BootGrant, bootGrants } from "./boot";
import { type CloudControllerGrant, cloudControllerGrants } from "./cloud-controller";
import { volumeGrants } from "./volumes";

/** What a master works with: its scripts, and Azure's programs that run on it. */
export type MasterGrant = BootGrant & CloudControllerGrant;

/** What a master may do, by what it is done to or by. It deletes nothing in the store. */
export function masterGrants(grant: MasterGrant): Readonly<Record<string, Grant>> {
  return {
    ...bootGrants(grant),
    ...cloudControllerGrants(grant),
    ...volumeGrants(grant),
    ...autoscalerGrants(grant),
  };
}
