import type { Fault, Problems, Rule } from "./invalid";

interface Release {
  /** The etcd that a master of this minor runs. */
  readonly etcd: string;
}

/**
 * The Kubernetes minors that a cluster may be of, newest first: those that upstream supports.
 *
 * @see https://kubernetes.io/releases/ for the window
 * @see https://etcd.io/docs/latest/upgrades/ for why the etcd minor changes one at a time
 */
const RELEASES: Readonly<Record<string, Release>> = {
  "1.37": { etcd: "3.7.3" },
  "1.36": { etcd: "3.6.16" },
  "1.35": { etcd: "3.6.16" },
};

/**
 * The minor before the oldest of those. No cluster is made of it any more, but one may be upgraded from it, and until that is done
 * its nodes stay as they are: also what the list of their packages is called, which has the etcd's version in it.
 */
const BEFORE: Readonly<Record<string, Release>> = { "1.34": { etcd: "3.6.16" } };

/** No number begins with a zero: no release is called that. */
const FULL = /^1\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** "1.36" of "1.36.4". */
export function minorOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/**
 * The etcd that goes with a Kubernetes version, such as "3.6.16" with "1.36.4".
 *
 * @throws Error for a version that {@link isKubernetesVersion} refuses, and that no cluster can be upgraded from either
 */
export function etcdVersionFor(kubernetesVersion: string): string {
  const release = FULL.test(kubernetesVersion)
    ? { ...RELEASES, ...BEFORE }[minorOf(kubernetesVersion)]
    : undefined;
  if (release === undefined) {
    throw new Error(`no etcd is known to go with Kubernetes ${kubernetesVersion}`);
  }
  return release.etcd;
}

/** A full version of a minor that is supported, such as "1.36.4". */
export const isKubernetesVersion: Rule<string> = (version) => isOf(version, RELEASES, "a supported minor");

/** A full version of a minor that an upgrade may come from: a supported one, or the one before the oldest of those. */
const isPreviousVersion: Rule<string> = (version) =>
  isOf(version, { ...RELEASES, ...BEFORE }, "a minor that an upgrade may come from");

function isOf(version: string, releases: Readonly<Record<string, Release>>, what: string): readonly Fault[] {
  if (!FULL.test(version)) {
    return [{ mustHold: 'must be a full version such as "1.36.4"', got: version }];
  }
  return minorOf(version) in releases
    ? []
    : [{ mustHold: `must be of ${what}: ${Object.keys(releases).join(", ")}`, got: version }];
}

/**
 * A version that a cluster of `previous` can be upgraded to: a patch of the same minor, or of the next one.
 *
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
export function followsOn(previous: string): Rule<string> {
  return (version) => {
    const steps = minorNumber(version) - minorNumber(previous);
    // Whether they are versions at all is the other rules' business.
    return !FULL.test(version) || !FULL.test(previous) || steps === 0 || steps === 1
      ? []
      : [
          {
            mustHold: `must be of the minor of ${previous} or of the next one: a minor is neither skipped nor taken back`,
            got: version,
            fix:
              steps > 1
                ? `upgrade to 1.${minorNumber(previous) + 1} first`
                : `stay with ${minorOf(previous)}`,
          },
        ];
  };
}

/** Adds what is wrong with the version of a control plane and with the one that it is upgraded from. */
export function checkVersions(
  problems: Problems,
  {
    kubernetesVersion,
    previousKubernetesVersion,
  }: { readonly kubernetesVersion: string; readonly previousKubernetesVersion?: string },
): void {
  problems.check("kubernetesVersion", kubernetesVersion, isKubernetesVersion);
  if (previousKubernetesVersion !== undefined) {
    problems.check("previousKubernetesVersion", previousKubernetesVersion, isPreviousVersion);
    problems.check("kubernetesVersion", kubernetesVersion, followsOn(previousKubernetesVersion));
  }
}

function minorNumber(version: string): number {
  return Number(version.split(".")[1]);
}
