import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { Cloud } from "./boot-bundle";
import { SCRIPTS } from "./node-scripts";

/** What a master lays down in its cluster, or what it does that with, at the version that the table names. */
export interface CoreAddon {
  /** The chart's name, or the tool's with its architecture, such as helm-amd64. */
  readonly name: string;
  /** Exact: a chart's own version, which is not that of the program in it. */
  readonly version: string;
  /** Whether the table says the sha256 of its archive, so that a master takes no other. */
  readonly verified: boolean;
}

const TABLE = path.join(SCRIPTS, "addons/charts.tsv");

/**
 * The core add-ons that masters lay down on a cloud, in the order in which they do, after helm for each architecture. Reads
 * the table that the masters read.
 */
export function coreAddons(cloud: Cloud): readonly CoreAddon[] {
  return readFileSync(TABLE, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"))
    .filter(([, , , , , , clouds = ""]) => clouds.split(",").includes(cloud))
    .map(([kind, name = "", version = "", , sha256 = "", where = ""]) => ({
      name: kind === "tool" ? `${name}-${where}` : name,
      version,
      verified: sha256 !== "unverified",
    }));
}

/** Those of {@link coreAddons} of which a master takes, the first time, whatever their host gives. */
export function unverifiedAddons(cloud: Cloud): readonly CoreAddon[] {
  return coreAddons(cloud).filter(({ verified }) => !verified);
}
