import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";

/**
 * Makes a directory once in a whole run, by whichever worker needs it first. The others wait, and fail with it.
 *
 * @throws Error with the cause of the failure, where it could not be made
 */
export async function once(name: string, make: (directory: string) => Promise<void>): Promise<string> {
  const run = process.env["KEELSON_TEST_RUN"];
  if (run === undefined) throw new Error("jest.nodes.config.js makes the run's directory, and was not used");
  const [made, claim, failure] = ["made", "claim", "failure"].map((what) =>
    path.join(run, `${name}.${what}`),
  ) as [...[string, string, string]];
  if (take(claim)) {
    const part = path.join(run, `${name}.part`);
    try {
      mkdirSync(part);
      await make(part);
      renameSync(part, made);
    } catch (error) {
      writeFileSync(
        `${failure}.part`,
        error instanceof Error ? (error.stack ?? error.message) : String(error),
      );
      renameSync(`${failure}.part`, failure);
    }
  }
  while (!existsSync(made)) {
    if (existsSync(failure)) throw new Error(`${name} could not be made: ${readFileSync(failure, "utf8")}`);
    // Looked at again after that, since it may have come to its end in between.
    if (!isAlive(claim) && !existsSync(made) && !existsSync(failure)) {
      throw new Error(`${name} could not be made: the worker that made it ended`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return made;
}

/** Whether nobody has taken it before. It names the process that has. */
function take(claim: string): boolean {
  try {
    writeFileSync(claim, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(claim: string): boolean {
  const pid = readFileSync(claim, "utf8");
  return pid === "" || existsSync(`/proc/${pid}`); // it writes its number right after it has made the file
}
