import { lostWith } from "./stateful";
import type { Change, StackPreview } from "./preview";
import type { Secrets } from "./secrets";
import { synthesized, synthesizedPath, synthesizedResources, type Configuration } from "./synthesized";

/** The settings that keep something from being destroyed, and what they are while they do. */
const PROTECTIONS: Readonly<Record<string, boolean>> = {
  force_destroy: false,
  deletion_protection: true,
  deletion_protection_enabled: true,
  disable_api_termination: true,
  enable_deletion_protection: true,
};

/**
 * What the base protects and the head does not. Terraform tells nothing of its own `prevent_destroy`, which changes no
 * resource: the next destroy only, which nobody is asked about then.
 */
export function unprotectedIn(
  { base, head }: { readonly base?: Configuration; readonly head?: Configuration },
  changes: readonly Change[],
  secrets: Secrets,
): StackPreview["unprotected"] {
  const byAddress = new Map(changes.map((change) => [change.address, change]));
  return synthesizedResources(head).flatMap((address) => {
    const [before, after] = [synthesized(base, address), synthesized(head, address)];
    if (before === undefined || after === undefined) return [];
    const by = [
      ...(prevents(before) && !prevents(after) ? ["prevent_destroy"] : []),
      ...Object.entries(PROTECTIONS)
        .filter(([name, value]) => before[name] === value && after[name] === !value)
        .map(([name]) => name),
    ];
    const gone = byAddress.get(secrets.mask(address))?.action;
    if (by.length === 0 || gone === "destroy" || gone === "replace") return [];
    const type = address.split(".")[0] ?? address;
    const path = synthesizedPath(head, address);
    const lost = lostWith(type, path);
    return [
      {
        address: secrets.mask(address),
        type: secrets.mask(type),
        by: by.join(", "),
        ...(path === undefined ? {} : { path: secrets.mask(path) }),
        ...(lost === undefined ? {} : { stateful: lost }),
      },
    ];
  });
}

function prevents(body: Readonly<Record<string, unknown>>): boolean {
  const { lifecycle } = body as { lifecycle?: { prevent_destroy?: unknown } };
  return lifecycle?.prevent_destroy === true;
}
