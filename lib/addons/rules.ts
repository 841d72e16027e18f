import { type ICluster, isKubernetesVersion, LABEL_TEXT, type Problems, type Rule } from "../core";
import type { Image } from "./images";
import { areNames, asObject, isName, isObjectName, matches } from "./name-rules";
import { checkPlacement } from "./placement-rules";
import type { Placement } from "./placement";

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

/** The path of an image, with its registry where that is another one than the runtime's own. */
const REPOSITORY =
  /^([a-z0-9][a-z0-9.-]*(:\d+)?\/)?[a-z0-9]+([._-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

/**
 * An image that says which one it is: with a version, and a digest or none that is known.
 *
 * @see https://github.com/distribution/reference/blob/main/reference.go
 */
export const isImage: Rule<Image> = (image) => {
  const { repository, version, digest } = asObject(image);
  // A tag that is the value of a label, too, which is shorter than a tag may be, and ends otherwise.
  return matches(REPOSITORY, repository) &&
    matches(LABEL_TEXT, version) &&
    matches(/^(unverified|sha256:[0-9a-f]{64})$/, digest)
    ? []
    : [
        {
          mustHold:
            'must be a repository without a tag, a version of at most 63 characters, and a digest, "sha256:..." or "unverified"',
          got: image,
        },
      ];
};

/** What both add-ons have. */
export interface CommonProps extends Placement {
  readonly cluster: Pick<ICluster, "name" | "kubernetesVersion">;
  readonly namespace: string;
  readonly team: string;
  readonly servers: number;
  readonly clients: readonly string[];
  readonly storageClass?: string;
  readonly diskGiB: number;
  readonly image: Image;
}

/** Adds what is wrong with the props that both add-ons have. From plain JavaScript each of them may be anything. */
export function checkCommon(problems: Problems, props: CommonProps): void {
  const { cluster, namespace, team, servers, diskGiB, clients, image, storageClass } = props;
  checkCluster(problems, cluster);
  problems.check("namespace", namespace, isNewNamespace);
  problems.check("team", team, isName);
  problems.check("servers", servers, areServers);
  problems.check("diskGiB", diskGiB, isDiskSize);
  problems.check("image", image, isImage);
  problems.check("clients", clients, areNames);
  if (storageClass !== undefined) {
    problems.check("storageClass", storageClass, isObjectName);
  }
  checkPlacement(problems, props);
}

/** A cluster that add-ons are made for. */
function checkCluster(problems: Problems, cluster: CommonProps["cluster"]): void {
  const { name, kubernetesVersion } = asObject(cluster);
  if (name === undefined && kubernetesVersion === undefined) {
    problems.add("cluster", {
      mustHold: 'must be a cluster, or { name: "prod", kubernetesVersion: "1.36.4" }',
      got: cluster,
    });
    return;
  }
  problems.in("cluster").check("name", name as string, isName);
  problems.in("cluster").check("kubernetesVersion", kubernetesVersion as string, isKubernetesVersion);
}

/** A namespace that can be made: no cluster is without those of Kubernetes' own. */
const isNewNamespace: Rule<string> = (name) =>
  name === "default" || (typeof name === "string" && name.startsWith("kube-"))
    ? [{ mustHold: "must be a namespace of its own, and not one of Kubernetes'", got: name }]
    : isName(name);
