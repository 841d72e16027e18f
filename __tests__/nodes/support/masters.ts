import type { Lab } from "./lab";
import type { Machine } from "./machine";

const SCRIPTS = "/opt/keelson/current";
/** Fifty times as fast as a real machine's. Processes take as long as they take. */
const CLOCK = { CLOCK_SCALE: "0.02" };

/** Runs one of the boot scripts, as its unit does. */
export const unit = (machine: Machine, script: string, env: Readonly<Record<string, string>> = {}) =>
  machine.spawn(`exec ${SCRIPTS}/${script}`, { ...CLOCK, ...env });

/** Starts the state machine without waiting for it. */
export const boot = (machine: Machine, env: Readonly<Record<string, string>> = {}) =>
  unit(machine, "control-plane.sh", env);

/** Boots until the master serves. */
export async function serve(machine: Machine, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const started = boot(machine, env);
  await machine.waitFor(() => serves(machine), 90, "it does not serve");
  const { status } = await started.ended;
  if (status !== 0)
    throw new Error(`the boot of ${machine.instance} ended with ${status}: ${machine.journal}`);
}

export const serves = (machine: Machine): boolean => machine.exists("/run/keelson/serving");

/** The code of the alarm that a script has raised, empty where it is calm. */
export const alarm = (machine: Machine, part = "boot"): string =>
  machine.readIfThere(`/run/keelson/${part}/alarm`).trim();

/** What a command prints that has to succeed. */
export async function must(machine: Machine, command: string): Promise<string> {
  const { status, stdout, stderr } = await machine.run(command);
  if (status !== 0) throw new Error(`${machine.instance}: ${command}: ${status}: ${stderr}`);
  return stdout.trim();
}

export const kubectl = (machine: Machine, args: string) =>
  must(machine, `kubectl --kubeconfig /etc/kubernetes/admin.conf ${args}`);

export const etcdctl = (machine: Machine, args: string) =>
  must(
    machine,
    `cd /etc/kubernetes/pki/etcd && etcdctl --cacert ca.crt --cert healthcheck-client.crt --key healthcheck-client.key ${args}`,
  );

/** Takes a snapshot as the timer does, and gives the names of all that the store has, newest last. */
export async function backUp(lab: Lab, machine: Machine): Promise<readonly string[]> {
  const { status } = await unit(machine, "backup.sh").ended;
  if (status !== 0)
    throw new Error(`backup.sh of ${machine.instance} ended with ${status}: ${machine.journal}`);
  return snapshots(lab);
}

export const snapshots = (lab: Lab): readonly string[] =>
  lab.store
    .keys()
    .filter((key) => /^etcd\/.*\.json$/.test(key))
    .map((key) => key.replace(/\.json$/, ""))
    .sort();

export const processes = (machine: Machine, name: string): Promise<string> =>
  machine.run(`pgrep -x ${name} || true`).then(({ stdout }) => stdout.trim());

/** The state of each epoch, oldest first. */
export const epochs = async (lab: Lab): Promise<readonly string[]> => {
  const each = `store_get $key epoch && sed -n 's/.*"state": "\\(.*\\)".*/\\1/p' epoch`;
  return (await lab.admin(`for key in $(store_list identity/epochs/ | sort); do ${each}; done`))
    .trim()
    .split("\n");
};

/** Writes something that `written` gives back. */
export const write = (machine: Machine, name: string) => kubectl(machine, `create configmap ${name}`);

export const written = async (machine: Machine): Promise<readonly string[]> =>
  (await kubectl(machine, "get configmaps -o jsonpath={.items[*].metadata.name}")).split(" ").filter(Boolean);

export const etcdRuns = async (machine: Machine) => (await processes(machine, "etcd")) !== "";

/** The epoch that a machine takes for its own. */
export const epochOf = (machine: Machine) => Number(machine.read("/var/lib/keelson/epoch"));
