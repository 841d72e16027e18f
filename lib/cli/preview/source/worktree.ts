import path from "node:path";
import type { Base } from "./base";
import { git, tryGit } from "./git";

/** A checkout of the base beside the user's own. */
export interface Worktree {
  /** The project in it. */
  readonly project: string;
  remove(): Promise<void>;
}

/** @param directory where to make it; it must not exist yet. */
export async function checkOut({ repository, commit, prefix }: Base, directory: string): Promise<Worktree> {
  // One that was left behind by a run that was killed is known to git, but is gone.
  await tryGit(repository, "worktree", "prune");
  await git(repository, "worktree", "add", "--detach", "--quiet", directory, commit);
  return {
    project: path.resolve(directory, prefix),
    remove: async () => {
      await tryGit(repository, "worktree", "remove", "--force", directory);
    },
  };
}
