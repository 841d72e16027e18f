import { Fn, Token } from "cdktf";

/** What somebody may do, in Azure's own words. */
export interface Grant {
  /** The id of what it is done to: a resource, or a resource group where there is none yet. */
  readonly scope: string;
  /** The id of the resource group that has it, or that is it. */
  readonly group: string;
  /** What is asked of the resource manager. */
  readonly actions?: readonly string[];
  /** What is asked of the service itself. */
  readonly dataActions?: readonly string[];
  /** What must hold beside, in the language of Azure's conditions. */
  readonly condition?: string;
}

/** @see https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes */
const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";

/** A data action on blobs, such as `blobs("read")`. */
export function blobs(action: string): string {
  return `${BLOBS}/${action}`;
}

/** An attribute of a blob that is there, such as "path". */
function resource(attribute: string): string {
  return `@Resource[${BLOBS}:${attribute}]`;
}

/** The value that a request gives to a tag. */
export function requestedTag(name: string): string {
  return `@Request[${BLOBS}/tags:${name}<$key_case_sensitive$>]`;
}

/**
 * Of this action only what holds, of all others anything.
 * @see https://learn.microsoft.com/azure/role-based-access-control/conditions-format
 */
export function only(action: string, holds: string): string {
  return `((!(ActionMatches{'${action}'})) OR (${holds}))`;
}

/** Blobs under one of these prefixes, such as "etcd". */
export function under(prefixes: readonly string[]): string {
  const paths = prefixes.map((prefix) => `${resource("path")} StringLike '${prefix}/*'`);
  return paths.length === 1 ? paths.join() : `(${paths.join(" OR ")})`;
}

/** The resource group of what has this id, which a role may be given in. */
export function groupOf(id: string): string {
  const PARTS = 5;
  return Token.isUnresolved(id)
    ? Fn.join("/", Token.asList(Fn.slice(Fn.split("/", id), 0, PARTS)))
    : id.split("/").slice(0, PARTS).join("/");
}
