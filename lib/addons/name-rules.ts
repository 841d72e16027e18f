import { Token } from "cdktf";
import { LABEL, type Rule, SUBDOMAIN } from "../core";

/** A list of names of namespaces. */
export const areNames: Rule<readonly string[]> = (names) =>
  Array.isArray(names)
    ? names.flatMap((name: string) => isName(name))
    : [{ mustHold: 'must be a list of namespaces, such as ["shop"]', got: names }];

/**
 * The name of what has no other rules: a DNS subdomain, or what only Terraform knows.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const isObjectName: Rule<string> = (name) =>
  Token.isUnresolved(name) || matches(SUBDOMAIN, name)
    ? []
    : [
        {
          mustHold:
            "must be a name of Kubernetes': at most 253 lower-case letters, digits, hyphens and dots, with a letter or digit at either end of each part",
          got: name,
        },
      ];

/** Whether it is a text of this form, and none that only Terraform knows. */
export function matches(pattern: RegExp, text: unknown): text is string {
  return typeof text === "string" && pattern.test(text);
}

/** Its keys, where it has any. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/**
 * A name of at most 63 characters, as namespaces and most of what stands in them have.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export const isName: Rule<string> = (name) =>
  typeof name === "string" && LABEL.test(name)
    ? []
    : [
        {
          mustHold:
            "must be a DNS label: at most 63 lower-case letters, digits and hyphens, with no hyphen at either end",
          got: name,
        },
      ];
