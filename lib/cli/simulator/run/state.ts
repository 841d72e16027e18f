import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ObjectValue } from "../protocol/value";
import type { World } from "../world";

/** What is read of a Terraform state. */
interface State {
  readonly resources: readonly {
    readonly mode: string;
    readonly type: string;
    readonly instances: readonly { readonly attributes?: ObjectValue }[];
  }[];
}

/** Tells `world` what the simulated states below `home` say exists. A damaged one is left out and complained of. */
export function recall(world: World, home: string, complain: (text: string) => void): void {
  for (const file of stateFiles(path.join(home, "state"))) {
    const state = read(file);
    if (!state) {
      complain(`${file} is damaged and was left out; delete it to forget what was made in it`);
      continue;
    }
    for (const { mode, type, instances } of state.resources) {
      if (mode !== "managed") continue;
      for (const { attributes } of instances) if (attributes) world.put(type, attributes);
    }
  }
}

/** The types of all that the simulated states below `home` hold, data sources included. */
export function typesInStates(home: string): Set<string> {
  const states = stateFiles(path.join(home, "state")).map(read);
  return new Set(states.flatMap((state) => state?.resources.map(({ type }) => type) ?? []));
}

/** The keys under which `bucket` would hold state if the simulated back ends were real. */
export function stateKeys(home: string, bucket: string): string[] {
  const directory = path.join(home, "state", "s3", bucket);
  return stateFiles(directory).map((file) =>
    path.relative(directory, file).replace(/\.simulated\.tfstate$/, ""),
  );
}

function stateFiles(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tfstate"))
    .map((name) => path.join(directory, name));
}

function read(file: string): State | undefined {
  const text = readFileSync(file, "utf8");
  // Terraform leaves an empty file behind where it was ended before it wrote the first state.
  if (text.trim() === "") return { resources: [] };
  try {
    const { resources = [] } = JSON.parse(text) as Partial<State>;
    // Plain checks: a library for them takes longer to load than all states together.
    const sound = ({ mode, type, instances }: State["resources"][number]) =>
      typeof mode === "string" &&
      typeof type === "string" &&
      instances.every(({ attributes = {} }) => typeof attributes === "object" && !Array.isArray(attributes));
    return resources.every(sound) ? { resources } : undefined;
  } catch {
    return undefined;
  }
}
