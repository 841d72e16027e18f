import type { Problems, Rule } from "../../core";
import { areNamespaces, areServers, checkClusterOf, isDiskSize, isImage, isName } from "../rules";
import type { IStorage } from "../consul/consul";
import type { VaultProps } from "./vault";
import type { Seal } from "./vault-config";

/** A key that Vault can unseal itself with. */
export const isSeal: Rule<Seal | undefined> = (given) => {
  const seal = given ?? undefined;
  const needed = seal && ({ aws: ["region", "key"], azure: ["vault", "key"] } as const)[seal.cloud];
  const isWhole =
    needed !== undefined &&
    needed.every((key) => typeof (seal as unknown as Record<string, unknown>)[key] === "string");
  return isWhole
    ? []
    : [
        {
          mustHold: "must name a key of the cloud's that Vault unseals itself with",
          got: seal,
          fix: 'such as { cloud: "aws", region: "us-east-1", key: "alias/acme-prod/unseal" }',
        },
      ];
};

/** A place that gives room to Vault, or its own servers. An environment says "consul"; here Consul itself is meant. */
export const isStorage: Rule<IStorage | "raft"> = (storage) =>
  storage === "raft" || typeof (storage as Partial<IStorage> | null)?.grantStorage === "function"
    ? []
    : [
        {
          mustHold: 'must be "raft", or a Consul that gives it room',
          got: storage,
          fix: 'such as the construct itself: const consul = new Consul(this, "consul", { cluster })',
        },
      ];

/** Adds everything that is wrong with Vault's props. */
export function checkVault(
  problems: Problems,
  props: Required<
    Pick<
      VaultProps,
      | "cluster"
      | "storage"
      | "namespace"
      | "team"
      | "servers"
      | "diskGiB"
      | "auditGiB"
      | "clients"
      | "image"
      | "secretsImage"
    >
  > &
    Pick<VaultProps, "seal">,
): void {
  const {
    cluster,
    storage,
    namespace,
    team,
    servers,
    diskGiB,
    auditGiB,
    clients,
    image,
    secretsImage,
    seal,
  } = props;
  checkClusterOf(problems.in("cluster"), cluster);
  problems.check("namespace", namespace, isName);
  problems.check("team", team, isName);
  problems.check("servers", servers, areServers);
  problems.check("diskGiB", diskGiB, isDiskSize);
  problems.check("auditGiB", auditGiB, isDiskSize);
  problems.check("image", image, isImage);
  problems.check("secretsImage", secretsImage, isImage);
  problems.check("seal", seal, isSeal);
  problems.check("storage", storage, isStorage);
  problems.check("clients", clients, areNamespaces);
}
