import type { Image } from "./images";
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

/** An image that says which one it is: with a version, and a digest or none that is known. */
export const isImage: Rule<Image> = ({ repository, version, digest }) =>
  /^[a-z0-9][a-z0-9./:_-]*$/.test(repository) &&
  /^[\w][\w.-]{0,127}$/.test(version) &&
  /^(unverified|sha256:[0-9a-f]{64})$/.test(digest)
    ? []
    : [
        {
          mustHold: 'must be a repository, a version, and a digest, "sha256:..." or "unverified"',
          got: { repository, version, digest },
        },
      ];

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

/** Namespaces by their names, in a list. */
export const areNamespaces: Rule<readonly string[]> = (names) =>
  Array.isArray(names)
    ? (names as readonly string[]).flatMap((name) => isName(name))
    : [{ mustHold: "must be a list of namespaces", got: names, fix: 'such as ["shop"]' }];
