import type { Machine } from "./machine";
import type { MachineProcess } from "./machine-process";
import { unit } from "./masters";

/** Bash reads it before a script: holds the script the first time that it comes to a command which begins with $CUT. */
const HOLD = `set -o functrace
trap '[[ "$BASH_COMMAND" != "$CUT"* ]] || ! mkdir /run/cut 2>/dev/null ||
  until [ -e /run/cut/over ]; do sleep 0.1; done' DEBUG
`;

/**
 * Runs one of the boot scripts until right before a command, and holds it there. What has been started runs on.
 *
 * @param command as bash prints it, with its variables as they stand in the script; its beginning is enough
 */
export async function holdBefore(
  machine: Machine,
  command: string,
  script = "control-plane.sh",
  env: Readonly<Record<string, string>> = {},
): Promise<MachineProcess> {
  machine.write("/etc/keelson/hold", HOLD);
  await machine.run("rm -rf /run/cut");
  const started = unit(machine, script, { ...env, BASH_ENV: "/etc/keelson/hold", CUT: command });
  const held = () => {
    if (!started.running) throw new Error(`it ended and never came to ${command}: ${started.stderr}`);
    return machine.exists("/run/cut");
  };
  await machine.waitFor(held, 90, `it does not come to ${command}`);
  return started;
}

/** Lets a script go on that is held. */
export const release = (machine: Machine): void => machine.write("/run/cut/over", "");
