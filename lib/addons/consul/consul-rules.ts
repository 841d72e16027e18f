import { type ICluster, isKubernetesVersion, Problems, type Rule } from "../../core";
import { isName } from "../labels";
import type { ConsulProps } from "./consul";

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

/** Adds everything that is wrong with Consul's props. */
export function checkConsul(problems: Problems, props: Required<Pick<ConsulProps, CheckedKey>>): void {
  const { cluster, namespace, team, datacenter, servers, diskGiB, clients } = props;
  checkClusterOf(problems.in("cluster"), cluster);
  problems.check("namespace", namespace, isName);
  problems.check("team", team, isName);
  problems.check("datacenter", datacenter, isName);
  problems.check("servers", servers, areServers);
  problems.check("diskGiB", diskGiB, isDiskSize);
  for (const client of clients) {
    problems.check("clients", client, isName);
  }
}

type CheckedKey = "cluster" | "namespace" | "team" | "datacenter" | "servers" | "diskGiB" | "clients";
