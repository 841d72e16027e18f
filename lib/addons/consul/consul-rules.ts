import type { Problems } from "../../core";
import { areNamespaces, areServers, checkClusterOf, isDiskSize, isImage, isName } from "../rules";
import type { ConsulProps } from "./consul";

/** Adds everything that is wrong with Consul's props. */
export function checkConsul(problems: Problems, props: Required<Pick<ConsulProps, CheckedKey>>): void {
  const { cluster, namespace, team, datacenter, servers, diskGiB, clients, image } = props;
  checkClusterOf(problems.in("cluster"), cluster);
  problems.check("namespace", namespace, isName);
  problems.check("team", team, isName);
  problems.check("datacenter", datacenter, isName);
  problems.check("servers", servers, areServers);
  problems.check("diskGiB", diskGiB, isDiskSize);
  problems.check("image", image, isImage);
  problems.check("clients", clients, areNamespaces);
}

type CheckedKey =
  "cluster" | "namespace" | "team" | "datacenter" | "servers" | "diskGiB" | "clients" | "image";
