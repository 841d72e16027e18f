import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ObjectValue } from "../protocol/value";
import type { World } from "../world";

interface TerraformState {
  readonly resources?: readonly {
    readonly mode: string;
    readonly type: string;
    readonly instances: readonly { readonly attributes?: ObjectValue }[];
  }[];
}

/** Tells `world` what the simulated states below `home` say exists. */
export function recall(world: World, home: string): void {
  for (const file of stateFiles(path.join(home, "state"))) {
    for (const { mode, type, instances } of read(file).resources ?? []) {
      if (mode !== "managed") continue;
      for (const { attributes } of instances) if (attributes) world.put(type, attributes);
    }
  }
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

/** @throws Error for a state that is no JSON: to go on would be to forget what exists. */
function read(file: string): TerraformState {
  const text = readFileSync(file, "utf8");
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text) as TerraformState;
  } catch {
    throw new Error(`${file} is damaged: it is not JSON; forget the simulated states with --reset`);
  }
}
