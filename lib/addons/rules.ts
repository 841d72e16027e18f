import { type ICluster, isKubernetesVersion, LABEL, type Problems, type Rule } from "../core";

/** @see https://developer.hashicorp.com/consul/docs/concept/consensus#deployment-table */
const SERVERS = [1, 3, 5, 7];

/** An odd number of servers, of which most have to be there. */
export const areServers: Rule<number> = (servers) =>
  SERVERS.includes(servers)
    ? []
    : [
        {
          mustHold: `must be one of ${SERVERS.join(", ")}: an even number bears the loss of no more servers than one less`,
          got: servers,
          fix: "take three, or five where two may fail at once",
        },
      ];

/** A whole number of GiB that a disk can have. @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html */
export const isDiskSize: Rule<number> = (diskGiB) =>
  Number.isInteger(diskGiB) && diskGiB >= 1 && diskGiB <= 16384
    ? []
    : [{ mustHold: "must be a whole number of GiB from 1 to 16384", got: diskGiB }];

/** A cluster that add-ons are made for. */
export function checkClusterOf(
  problems: Problems,
  { name, kubernetesVersion }: Pick<ICluster, "name" | "kubernetesVersion">,
): void {
  problems.check("name", name, isName);
  problems.check("kubernetesVersion", kubernetesVersion, isKubernetesVersion);
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
