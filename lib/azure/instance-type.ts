import type { Architecture } from "./machine-image";

/** What a size's name tells of it. */
export interface InstanceType {
  /** In capitals, such as "D" of "Standard_D2ds_v5". */
  readonly family: string;
  readonly processors: number;
  readonly architecture: Architecture;
  /** Whether its disks may be premium ones. */
  readonly hasPremiumDisks: boolean;
  /** Whether machines of it can be put into a zone. */
  readonly hasZones: boolean;
  /** The generations of images that it starts. */
  readonly generations: readonly (1 | 2)[];
}

/** Standard_<family><number>[-<fewer>][features][_accelerator][_v<version>] */
const SIZE = /^Standard_([A-Z]+)(\d+)(?:-(\d+))?([a-z]*)(?:_[A-Z][A-Za-z0-9]+)?(?:_v(\d+))?$/;

/** The first sizes count otherwise: D1 to D5 double, and so do D11 to D15, with more memory. */
const FIRST_SIZES: Readonly<Record<number, number>> = {
  ...{ 1: 1, 2: 2, 3: 4, 4: 8, 5: 16 },
  ...{ 11: 2, 12: 4, 13: 8, 14: 16, 15: 20 },
};

/** Families of the first generation, which were there before zones; what is of a later version has them. */
const WITHOUT_ZONES = ["A", "D", "DS", "G", "GS", "H", "L", "NC", "NV"];

/**
 * What is known of a size; undefined for what is none.
 *
 * @see https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions
 * @see https://learn.microsoft.com/azure/virtual-machines/generation-2
 */
export function instanceType(name: string): InstanceType | undefined {
  const [, family, number, fewer, features = "", version = "1"] = SIZE.exec(name) ?? [];
  if (family === undefined || number === undefined) {
    return undefined;
  }
  const isFirst = isDv2(name) || (/^DS?$/.test(family) && version === "1");
  const architecture = features.includes("p") ? "arm64" : "amd64";
  return {
    family,
    processors:
      fewer !== undefined
        ? Number(fewer)
        : ((isFirst ? FIRST_SIZES[Number(number)] : undefined) ?? Number(number)),
    architecture,
    hasPremiumDisks: features.includes("s") || /[A-Z]S$/.test(family),
    hasZones: !(version === "1" && WITHOUT_ZONES.includes(family)),
    generations: generationsOf(name, architecture, Number(version)),
  };
}

/** @see https://learn.microsoft.com/azure/virtual-machines/generation-2#generation-2-vm-sizes */
function generationsOf(name: string, architecture: Architecture, version: number): readonly (1 | 2)[] {
  if (/^Standard_(D\d+i?|A\d+m?)_v2$|^Standard_[ADG]\d+$/.test(name)) {
    return [1];
  }
  return architecture === "arm64" || version >= 6 ? [2] : [1, 2];
}

function isDv2(name: string): boolean {
  return /^Standard_DS?\d+i?(-\d+)?_v2$/.test(name);
}

/** The size of today that is nearest to one of Dv2: as many processors, and somewhat more memory. */
const SUCCESSORS: Readonly<Record<string, string>> = {
  Standard_D2_v2: "Standard_D2s_v5",
  Standard_D3_v2: "Standard_D4s_v5",
  Standard_D4_v2: "Standard_D8s_v5",
};

/**
 * What has to be said of a size that goes away; undefined for one that stays.
 *
 * @param line what to write for the size that follows it
 * @see https://learn.microsoft.com/azure/virtual-machines/sizes/retirement/retired-sizes-list
 */
export function retirementOf(name: string, line?: (size: string) => string): string | undefined {
  if (!isDv2(name)) {
    return undefined;
  }
  const successor = SUCCESSORS[name.replace("DS", "D")];
  const instead =
    successor === undefined ? "a size of Dsv5" : `${successor}${line ? `, by ${line(successor)}` : ""}`;
  return `${name} retires on 2028-05-01, and new subscriptions may be refused it: take ${instead}`;
}
