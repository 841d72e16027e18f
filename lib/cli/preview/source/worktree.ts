import { rmSync } from "node:fs";
import path from "node:path";
import type { Base } from "./base";
import { git, tryGit } from "./git";

/** A checkout of the base beside the user's own. */
export interface Worktree {
  /** The project in it. */
  readonly project: string;
  checkOut(): Promise<void>;
  /** Takes it away, whatever there is of it. */
  remove(): Promise<void>;
}

/** @param directory where to make it; it must not exist yet. */
export function worktreeOf({ repository, commit, prefix }: Base, directory: string): Worktree {
  return {
    project: path.resolve(directory, prefix),
    checkOut: async () => {
      // One that was left behind by a run that was killed is known to git, but is gone.
      await tryGit(repository, "worktree", "prune");
      // The user's hooks are not meant for it.
      const quiet = ["-c", "core.hooksPath=/dev/null"];
      await git(repository, ...quiet, "worktree", "add", "--detach", "--quiet", directory, commit);
    },
    remove: async () => {
      await tryGit(repository, "worktree", "remove", "--force", directory);
      rmSync(directory, { recursive: true, force: true });
      await tryGit(repository, "worktree", "prune");
    },
  };
}
