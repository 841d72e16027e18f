import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

type Body = Record<string, unknown>;

/**
 * Takes the provisioners out of a synthesized stack. Terraform would run their programs, on this machine and with its
 * rights, while nothing of the cloud is real.
 */
export function removeProvisioners(stack: string): void {
  const file = path.join(stack, "cdk.tf.json");
  const configuration = JSON.parse(readFileSync(file, "utf8")) as { resource?: Record<string, Body> };
  let found = false;
  for (const named of Object.values(configuration.resource ?? {})) {
    for (const body of Object.values(named).flat()) {
      if (typeof body !== "object" || body === null || !("provisioner" in body)) continue;
      delete (body as Body)["provisioner"];
      found = true;
    }
  }
  if (found) writeFileSync(file, JSON.stringify(configuration));
}
