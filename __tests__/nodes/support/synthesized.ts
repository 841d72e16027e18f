import { readFileSync } from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../support/run";

/** The environments of the reference estate that the labs' machines are of. */
export const ENVIRONMENTS = { aws: "prod-us-east-1", azure: "prod-eastus" } as const;

/**
 * What the user data of a synthesized stack puts into a master's environment: `stacks/user-data.test.ts` holds the reviewed texts
 * that this reads to what the stacks become.
 */
export function synthesizedEnvironment(cloud: keyof typeof ENVIRONMENTS): Readonly<Record<string, string>> {
  const file = path.join(ROOT, `__tests__/stacks/user-data/${ENVIRONMENTS[cloud]}.txt`);
  return environmentIn(readFileSync(file, "utf8"));
}

/** What a user data puts into a machine's environment. */
export function environmentIn(userData: string): Readonly<Record<string, string>> {
  const [, lines = ""] = /^ENVIRONMENT=\(\n(.*?)\n\)$/ms.exec(userData) ?? [];
  return assignmentsIn(lines);
}

/** The variables of lines such as NAME='value', which a machine's file of its environment has, too. */
export function assignmentsIn(lines: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...lines.matchAll(/^([A-Z_]+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
  );
}
