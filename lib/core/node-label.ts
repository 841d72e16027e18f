import { SUBDOMAIN } from "./domain";
import type { Fault, Rule } from "./invalid";

/** The name in a label's key, and a value that is not empty: at most 63 characters, with a letter or digit at either end. */
export const LABEL_TEXT = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** What only the control plane sets, so that a machine in wrong hands cannot draw work to itself. */
const RESTRICTED = "node-restriction.kubernetes.io";

/** Kubernetes' own domains: what is in them means something to it. */
const OWN_DOMAINS = ["kubernetes.io", "k8s.io"];

/** The domains within those that a kubelet may set any label of. */
const KUBELET_DOMAINS = ["kubelet.kubernetes.io", "node.kubernetes.io"];

/** The labels within Kubernetes' own domains, outside a kubelet's, that a kubelet may set as well. */
export const KUBELET_LABELS = [
  "beta.kubernetes.io/arch",
  "beta.kubernetes.io/instance-type",
  "beta.kubernetes.io/os",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  "kubernetes.io/arch",
  "kubernetes.io/hostname",
  "kubernetes.io/os",
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
];

/**
 * The key of a label or a taint: a name of at most 63 characters, which may have a domain of at most 253 and a slash before it.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const isNodeKey: Rule<string> = (key) => {
  const slash = key.indexOf("/");
  const isKey = LABEL_TEXT.test(key.slice(slash + 1)) && (slash < 0 || SUBDOMAIN.test(key.slice(0, slash)));
  return isKey
    ? []
    : [
        {
          mustHold:
            "must have keys of at most 63 letters, digits, '-', '_' and '.', with a letter or digit at either end; " +
            "before that may stand a domain of at most 253 characters in lower case, and one slash",
          got: key,
        },
      ];
};

/**
 * The value of a label or a taint: empty, or like the name in a key.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export const isNodeValue: Rule<string> = (value) =>
  typeof value === "string" && (value === "" || LABEL_TEXT.test(value))
    ? []
    : [
        {
          mustHold:
            "must have values of at most 63 letters, digits, '-', '_' and '.', with a letter or digit at either end, or empty ones",
          got: value,
        },
      ];

/**
 * A key of a label that a kubelet may set on its own node: of no domain or a foreign one, or one of the few of Kubernetes' own.
 * The kubelet does not start with any other, and the API server's NodeRestriction refuses it.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
const maySetItself: Rule<string> = (key) => {
  const domain = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  const mayNot =
    isWithin(domain, OWN_DOMAINS) && !isWithin(domain, KUBELET_DOMAINS) && !KUBELET_LABELS.includes(key);
  if (!mayNot) {
    return [];
  }
  return isWithin(domain, [RESTRICTED])
    ? [
        {
          mustHold: `must not be of ${RESTRICTED}: a node cannot set what only the control plane sets`,
          got: key,
          fix: "leave it to the control plane, and name the label here without the domain",
        },
      ]
    : [
        {
          mustHold:
            `must not be of ${OWN_DOMAINS.join(" or ")}, but for what a kubelet may set itself: ` +
            [...KUBELET_DOMAINS.map((own) => `${own}/*`), ...KUBELET_LABELS].join(", "),
          got: key,
          fix: "take a domain of your own, or none",
        },
      ];
};

/** Labels, by key, that a kubelet takes for its own node: the very ones, no more and no fewer. */
export const areNodeLabels: Rule<Readonly<Record<string, string>>> = (labels) =>
  Object.entries(labels).flatMap(([key, value]): readonly Fault[] => [
    ...isNodeKey(key),
    ...maySetItself(key),
    ...isNodeValue(value).map((fault) => ({ ...fault, got: { [key]: value } })),
  ]);

/** Whether a domain is one of these, or below one. */
function isWithin(domain: string, domains: readonly string[]): boolean {
  return domains.some((parent) => domain === parent || domain.endsWith(`.${parent}`));
}
