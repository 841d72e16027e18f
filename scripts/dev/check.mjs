// Runs what `npm run lint` and `npm run typecheck` are made of at the same time: each alone leaves a core idle.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
const commands = [scripts.lint, scripts.typecheck].flatMap((script) => script.split(" && "));

/** Whether a command succeeds. */
const succeeds = (command) =>
  new Promise((resolve) => {
    spawn(command, { shell: true, stdio: "inherit" }).on("close", (code) => resolve(code === 0));
  });

const outcomes = await Promise.all(commands.map(succeeds));
const failed = commands.filter((_, index) => !outcomes[index]);
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}
