import type { Problems } from "./invalid";
import type { NodePoolSpec } from "./node-pool-spec";

/** Tells whether what a key of a pool has is of its kind at all, so that rules can be asked about it. */
export type SoundKey = (key: keyof NodePoolSpec) => boolean;

interface Shape {
  readonly is: (value: unknown) => boolean;
  readonly mustHold: string;
  /** @default false */
  readonly isOptional?: boolean;
}

const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number";
const areTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const SHAPES: Readonly<Record<keyof NodePoolSpec, Shape>> = {
  name: { is: isText, mustHold: "must be a text" },
  role: { is: isText, mustHold: "must be a text", isOptional: true },
  wildcard: {
    is: (value) => typeof value === "boolean",
    mustHold: "must be true or false",
    isOptional: true,
  },
  machineTypes: { is: areTexts, mustHold: "must be a list of texts" },
  image: {
    is: (value) => isObject(value) && isText(value["id"]) && isText(value["architecture"]),
    mustHold: 'must be { id: "...", architecture: "amd64" }',
  },
  minCount: { is: isNumber, mustHold: "must be a number" },
  maxCount: { is: isNumber, mustHold: "must be a number" },
  labels: { is: isObject, mustHold: "must be labels by key", isOptional: true },
  taints: {
    is: (value) => Array.isArray(value) && value.every((taint) => isObject(taint) && isText(taint["key"])),
    mustHold: 'must be a list such as [{ key: "dedicated", effect: "NoSchedule" }]',
    isOptional: true,
  },
  diskGiB: { is: isNumber, mustHold: "must be a number", isOptional: true },
  zones: { is: areTexts, mustHold: "must be a list of texts", isOptional: true },
  spotPercent: { is: isNumber, mustHold: "must be a number", isOptional: true },
  kubernetesVersion: { is: isText, mustHold: "must be a text", isOptional: true },
};

/** Adds each key of a pool whose value is of another kind than its type says, which what comes from JSON may be. */
export function checkPoolShape(problems: Problems, spec: NodePoolSpec): SoundKey {
  const misshapen = (Object.keys(SHAPES) as (keyof NodePoolSpec)[]).filter((key) => {
    const { is, isOptional = false } = SHAPES[key];
    return !is(spec[key]) && !(isOptional && spec[key] === undefined);
  });
  for (const key of misshapen) {
    problems.add(key, { mustHold: SHAPES[key].mustHold, got: spec[key] });
  }
  return (key) => !misshapen.includes(key);
}
