import path from "node:path";
import { git, tryGit } from "./git";

/** What the working tree is compared with. */
export interface Base {
  /** As the user, or the default, names it. */
  readonly ref: string;
  readonly commit: string;
  /** Where in the repository the project stands: `` for its root. */
  readonly prefix: string;
  readonly repository: string;
}

/** Where a repository without a remote, or with an unusual one, is likely to merge to. */
const USUAL = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

/**
 * The commit from which the working tree has departed: the merge base of `ref` and HEAD, as in `git diff <ref>...`,
 * so that what others have merged since does not show as undone. In a clone too shallow to know, `ref` itself.
 *
 * @param ref the branch to be merged into; by default what the remote says, else `main` or `master`
 * @throws Error when the project is in no git repository, or when it has no such ref.
 */
export async function findBase(project: string, ref?: string): Promise<Base> {
  const repository = await tryGit(project, "rev-parse", "--show-toplevel");
  if (repository === undefined) {
    throw new Error(`${project} is in no git repository; a preview compares the working tree with a commit`);
  }
  const names = ref === undefined ? USUAL : [ref];
  for (const name of names) {
    // Without --end-of-options a ref could be read as an option.
    const tip = await tryGit(
      project,
      ...["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`],
    );
    if (tip === undefined) continue;
    const commit = (await tryGit(project, "merge-base", tip, "HEAD")) ?? tip;
    const prefix = await git(project, "rev-parse", "--show-prefix");
    return { ref: name, commit, repository, prefix: path.normalize(`./${prefix}`) };
  }
  if ((await tryGit(project, "rev-parse", "--verify", "--quiet", "HEAD")) === undefined)
    throw new Error(`${repository} has no commits yet; a preview compares the working tree with one`);
  const wanted = ref === undefined ? `none of ${USUAL.join(", ")}` : `no commit '${ref}'`;
  throw new Error(
    `${repository} has ${wanted} to compare with; name one with --base, and in CI fetch it ` +
      "(actions/checkout: fetch-depth: 0)",
  );
}

/** The commit of the working tree, and whether there is more in it than was committed. */
export async function findHead(project: string): Promise<{ commit: string; dirty: boolean }> {
  const commit = await git(project, "rev-parse", "HEAD");
  return { commit, dirty: (await git(project, "status", "--porcelain", "--", ".")) !== "" };
}
