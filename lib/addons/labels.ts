/** What the labels of an add-on are made of. */
export interface LabelProps {
  /** The program, such as "consul". */
  readonly name: string;
  /** Its release, such as "2.0.3". */
  readonly version: string;
  /** Who answers for it. A DNS label. */
  readonly team: string;
  /** The environment that it runs in: its cluster's name. */
  readonly environment: string;
}

/** Labels by key. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The label schema of everything that runs in a cluster: what Kubernetes recommends, and `tier`, `track`, `environment` and `team`,
 * by which people and monitoring find things that move.
 *
 * @param component the part that it plays, such as "server"
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labelsOf({ name, version, team, environment }: LabelProps, component: string): Labels {
  return {
    ...selectorOf({ name }, component),
    "app.kubernetes.io/version": version,
    "app.kubernetes.io/part-of": "keelson-platform",
    "app.kubernetes.io/managed-by": "keelson",
    tier: "platform",
    track: "production",
    environment,
    team,
  };
}

/** The labels by which pods are chosen: those that no upgrade changes, since a selector cannot be changed. */
export function selectorOf({ name }: Pick<LabelProps, "name">, component: string): Labels {
  return {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/instance": name,
    "app.kubernetes.io/component": component,
  };
}
