import type { Rule } from "./invalid";

const FULL = /^1\.(0|[1-9]\d*)\.(?:0|[1-9]\d*)$/;

/** How many minors a kubelet may be behind its API server. */
const MOST_BEHIND = 3;

/**
 * A version that nodes may have beside a control plane's: of its minor or of one of the three before, never of a newer one. The
 * oldest need not be supported any more, or an upgrade of the control plane would have to wait for every pool.
 *
 * @param controlPlane the control plane's version, such as "1.36.4"; if it is none, that is another rule's business
 * @see https://kubernetes.io/releases/version-skew-policy/#kubelet
 */
export function isNodeVersionOf(controlPlane: string): Rule<string> {
  return (version) => {
    const minor = FULL.exec(version)?.[1];
    if (minor === undefined) {
      return [{ mustHold: 'must be a full version such as "1.36.4"', got: version }];
    }
    const newest = FULL.exec(controlPlane)?.[1];
    const behind = Number(newest ?? minor) - Number(minor);
    if (behind < 0) {
      return [
        {
          mustHold: `must not be of a newer minor than the control plane, which is ${controlPlane}`,
          got: version,
          fix: "upgrade the control plane first",
        },
      ];
    }
    return behind <= MOST_BEHIND
      ? []
      : [
          {
            mustHold: `must be at most ${MOST_BEHIND} minors older than the control plane, which is ${controlPlane}`,
            got: version,
            fix: `take 1.${Number(newest) - MOST_BEHIND} or later`,
          },
        ];
  };
}
