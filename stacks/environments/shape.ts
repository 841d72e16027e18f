import { z } from "zod";
import type { Problems } from "../../lib/core";
import { estateOf } from "../cloud-estate";
import { cloudless } from "./schema";

/** The keys whose values are objects with paths of their own. */
const PARTS = ["network", "controlPlane", "agents", "platform"] as const;

type Path = readonly PropertyKey[];

/** Tells whether what stands at a path of an environment has the shape it must have. */
export type Sound = (...path: Path) => boolean;

/**
 * Checks each key by itself: whether it is there, is known, and says what it may say.
 *
 * @returns what tells which keys can be held against other keys
 */
export function checkShape(environment: unknown, problems: Problems): Sound {
  const schema: z.ZodObject =
    estateOf(property(environment, "cloud"))?.schemaFor(property(environment, "network")) ?? cloudless;
  const issues = schema.safeParse(environment).error?.issues ?? [];

  for (const issue of issues) {
    const [key, ...rest] = issue.path;
    const isUnknown = issue.code === "unrecognized_keys";
    const part = PARTS.find((name) => name === key && (rest.length > 0 || isUnknown));
    const place = part === undefined ? problems : problems.in(part);

    if (isUnknown) {
      const known = Object.keys((part === undefined ? schema : partOf(schema, part)).shape).join(", ");
      for (const unknown of issue.keys) {
        place.add(propName([...(part === undefined ? issue.path : rest), unknown]), {
          mustHold: "must be left out: there is no such key",
          fix: issue.path.length === (part === undefined ? 0 : 1) ? `the keys are ${known}` : undefined,
        });
      }
    } else {
      const value = issue.path.reduce(property, environment);
      const prop = propName(part === undefined ? issue.path : rest);
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

function partOf(schema: z.ZodObject, part: (typeof PARTS)[number]): z.ZodObject {
  const found = schema.shape[part];
  return (found instanceof z.ZodOptional ? found.unwrap() : found) as z.ZodObject;
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

/** "privateSubnetIds[1]" of ["privateSubnetIds", 1], "image.id" of ["image", "id"]; none of the environment itself. */
function propName(path: Path): string | undefined {
  return path.length === 0
    ? undefined
    : path
        .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
        .join("")
        .replace(/^\./, "");
}
