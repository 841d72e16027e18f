/** What tags, rights and metrics call a cluster whose resources are called so. */
export function tagNameOf(resourceName: string): string {
  return resourceName.toLowerCase();
}

/** A cluster's version, and while an upgrade is not done the one before it. */
interface Versions {
  readonly kubernetesVersion: string;
  readonly previousKubernetesVersion?: string;
}

/** The version that nodes have unless their pool says otherwise, and no newer one. */
export function nodeVersionOf({
  kubernetesVersion,
  previousKubernetesVersion = kubernetesVersion,
}: Versions): string {
  return previousKubernetesVersion;
}
