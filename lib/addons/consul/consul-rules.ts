import { Token } from "cdktf";
import type { Problems, Rule } from "../../core";
import { asObject, isName, isObjectName, matches } from "../name-rules";
import { checkCommon, type CommonProps } from "../rules";
import type { ConsulProps, IStorage } from "./consul";
import type { SnapshotStore } from "./consul-snapshots";

/** Adds everything that is wrong with Consul's props. */
export function checkConsul(
  problems: Problems,
  props: CommonProps & Pick<ConsulProps, "datacenter" | "snapshots">,
): void {
  const { datacenter, snapshots } = props;
  checkCommon(problems, props);
  if (datacenter !== undefined) {
    problems.check("datacenter", datacenter, isName);
  }
  if (snapshots !== undefined) {
    problems.check("snapshots", snapshots, isSnapshotStore);
  }
}

/** A place in a store that the script of snapshots finds. */
const isSnapshotStore: Rule<SnapshotStore> = (store) => {
  const { cloud, region, url } = asObject(store);
  const isText = (text: unknown, pattern: RegExp) => Token.isUnresolved(text) || matches(pattern, text);
  const isWhole =
    (cloud === "azure" || (cloud === "aws" && isText(region, /^[a-z0-9-]+$/))) &&
    isText(url, /^https:\/\/[A-Za-z0-9.:/_-]*[A-Za-z0-9]$/);
  return isWhole
    ? []
    : [
        {
          mustHold:
            "must be an object store: its cloud, on AWS its region, and its address without a slash at the end",
          got: store,
          fix: 'such as { cloud: "aws", region: "us-east-1", url: "https://acme.s3.us-east-1.amazonaws.com" }',
        },
      ];
};

/** What somebody wants to keep in Consul. The path is part of names and of a policy. */
export function checkWants(
  problems: Problems,
  { namespace, path }: Parameters<IStorage["grantStorage"]>[1],
  granted: string | undefined,
): void {
  problems.check("grantStorage: namespace", namespace, isObjectName);
  if (!matches(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\/$/, path)) {
    problems.add("grantStorage: path", {
      mustHold: "must be at most 40 lower-case letters, digits and hyphens, and a slash",
      got: path,
    });
  }
  if (granted !== undefined) {
    problems.add("grantStorage: path", {
      mustHold: `must be the only one: ${granted} is somebody's already`,
      got: path,
      fix: "make another Consul, in a namespace of its own, or keep it elsewhere, such as Vault with Raft",
    });
  }
}
