import { lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";

/** What Terraform writes beside a configuration: a simulated run has its own and never touches the real ones. */
const OWN = new Set([
  ".keelson",
  ".terraform",
  ".terraform.lock.hcl",
  "terraform.tfstate",
  "terraform.tfstate.backup",
  "terraform.tfstate.d",
]);

/**
 * A folder in which Terraform can work on the configuration in `directory` without writing a byte there: real
 * folders from `root` down to it, with links to all that lies beside them, so that relative paths lead where they
 * did. Whatever ends a run, nothing simulated is left where a real deploy would find it.
 *
 * @returns the shadow of `directory`, below `shadows`.
 */
export function shadow(root: string, directory: string, shadows: string): string {
  const relative = path.relative(root, directory);
  const outside = relative.startsWith("..") || path.isAbsolute(relative);
  const base = outside ? path.dirname(directory) : root;
  const steps = path
    .relative(base, directory)
    .split(path.sep)
    .filter((step) => step !== "");

  let original = base;
  let copy = path.join(shadows, outside ? `outside${base.replaceAll(path.sep, "%")}` : "project");
  mirror(original, copy, steps[0]);
  for (const [i, step] of steps.entries()) {
    original = path.join(original, step);
    copy = path.join(copy, step);
    mirror(original, copy, steps[i + 1]);
  }
  return copy;
}

/** Makes `copy` hold a link to each entry of `original` but `next`, and nothing stale. */
function mirror(original: string, copy: string, next: string | undefined): void {
  // A link to a folder that now has to be a folder itself.
  if (isLink(copy)) rmSync(copy);
  mkdirSync(copy, { recursive: true });
  const wanted = new Map(
    readdirSync(original)
      .filter((name) => name !== next && !OWN.has(name))
      .map((name) => [name, path.join(original, name)]),
  );
  for (const name of readdirSync(copy)) {
    const entry = path.join(copy, name);
    // A folder is the shadow of another configuration, which may be in use.
    if (lstatSync(entry).isDirectory()) wanted.delete(name);
    else if (!isLink(entry)) continue;
    else if (wanted.get(name) !== readlinkSync(entry)) rmSync(entry);
    else wanted.delete(name);
  }
  for (const [name, target] of wanted) {
    if (!lstatSync(path.join(copy, name), { throwIfNoEntry: false }))
      symlinkSync(target, path.join(copy, name));
  }
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
