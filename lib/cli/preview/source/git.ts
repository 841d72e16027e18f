import { execFile } from "node:child_process";

/** What a `git` command prints; undefined when it fails. */
export async function tryGit(directory: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    return await git(directory, ...args);
  } catch {
    return undefined;
  }
}

/** @throws Error with what git said. */
export function git(directory: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    // Of hooks and of a repository that an outer command works on, nothing may reach the worktree.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
    const options = { cwd: directory, env, maxBuffer: 1 << 26 };
    execFile("git", [...args], options, (error, stdout, stderr) => {
      if (!error) resolve(stdout.trim());
      else if (error.code === "ENOENT")
        reject(new Error("git is not on the PATH; a preview compares commits"));
      else reject(new Error(`git ${args[0] ?? ""} failed: ${stderr.trim() || error.message}`));
    });
  });
}
