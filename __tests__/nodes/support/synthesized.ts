import { readFileSync } from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../support/run";

/** The environments of the reference estate that the labs' machines are of. */
const ENVIRONMENTS = { aws: "prod-us-east-1", azure: "prod-eastus" } as const;

/**
 * What the user data of a synthesized stack puts into a master's environment: `stacks/user-data.test.ts` holds the reviewed texts
 * that this reads to what the stacks become.
 */
export function synthesizedEnvironment(cloud: keyof typeof ENVIRONMENTS): Readonly<Record<string, string>> {
  const file = path.join(ROOT, `__tests__/stacks/user-data/${ENVIRONMENTS[cloud]}.txt`);
  const [, lines = ""] = /^ENVIRONMENT=\(\n(.*?)\n\)$/ms.exec(readFileSync(file, "utf8")) ?? [];
  return Object.fromEntries(
    [...lines.matchAll(/^([A-Z_]+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
  );
}
