import type { Place } from "../place";
import type { Statement } from "../policy";
import { autoscalerStatements } from "./autoscaler";
import { type BootGrant, bootStatements } from "./boot";
import { cloudControllerStatements } from "./cloud-controller";
import { sessionStatements } from "./sessions";
import { volumeStatements } from "./volumes";

/** What a master may do, by those who do it. It deletes nothing in the store. */
export function masterStatements(
  place: Place,
  { cluster, ...boot }: BootGrant & { readonly cluster: string },
): Readonly<Record<string, readonly Statement[]>> {
  return {
    boot: bootStatements(place, boot),
    "cloud-controller": cloudControllerStatements(place, cluster),
    volumes: volumeStatements(place, cluster),
    autoscaler: autoscalerStatements(place, cluster),
    sessions: sessionStatements(place),
  };
}
