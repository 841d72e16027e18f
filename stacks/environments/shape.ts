import type { z } from "zod";
import type { Problems } from "../../lib/core";
import { schemaFor } from "./environment";

type Path = readonly PropertyKey[];

/** Tells whether what stands at a path of an environment has the shape it must have. */
export type Sound = (...path: Path) => boolean;

/**
 * Checks each key by itself: whether it is there, is known, and says what it may say.
 *
 * @returns what tells which keys can be held against other keys
 */
export function checkShape(environment: unknown, problems: Problems): Sound {
  const schema = schemaFor(property(environment, "network"));
  const issues = schema.safeParse(environment).error?.issues ?? [];

  for (const issue of issues) {
    const [key, ...rest] = issue.path;
    const isUnknown = issue.code === "unrecognized_keys";
    const inNetwork = key === "network" && (rest.length > 0 || isUnknown);
    const place = inNetwork ? problems.in("network") : problems;

    if (isUnknown) {
      const known = Object.keys(inNetwork ? schema.shape.network.shape : schema.shape).join(", ");
      for (const unknown of issue.keys) {
        place.add(unknown, {
          mustHold: "must be left out: there is no such key",
          fix: `the keys are ${known}`,
        });
      }
    } else {
      const value = issue.path.reduce(property, environment);
      const prop = propName(inNetwork ? rest : issue.path);
      place.add(prop, {
        mustHold: issue.message,
        got: value,
        fix: prop !== undefined && value === undefined ? "add it" : undefined,
        ...(issue.code === "custom" ? issue.params : {}),
      });
    }
  }

  const misshapen = issues.filter(isOfShape).map((issue) => issue.path);
  return (...path) => !misshapen.some((other) => startsWith(path, other) || startsWith(other, path));
}

function isOfShape({ code }: z.core.$ZodIssue): boolean {
  return code !== "custom" && code !== "unrecognized_keys";
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}

function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

/** "privateSubnetIds[1]" of ["privateSubnetIds", 1]; none of the environment itself. */
function propName(path: Path): string | undefined {
  return path.length === 0
    ? undefined
    : path.map((key) => (typeof key === "number" ? `[${key}]` : String(key))).join("");
}
