import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../lib/cli/processes";
import { PreviewProject } from "../support/preview-project";
import { start } from "../support/project";

const stack = (cidr_block: string) => ({
  network: {
    config: {
      terraform: {
        required_providers: { aws: { source: "hashicorp/aws" } },
        backend: { s3: { bucket: "state", key: "network", region: "us-east-1" } },
      },
      provider: { aws: [{ region: "us-east-1" }] },
      resource: { aws_vpc: { v: { cidr_block } } },
    },
  },
});

let project: PreviewProject;
/** Where temporary files go, and nothing else. */
let temporary: string;
/** A file into which whatever hangs writes its process id. */
let hanging: string;
beforeEach(() => {
  temporary = mkdtempSync(path.join(os.tmpdir(), "t-"));
  project = new PreviewProject(stack("10.0.0.0/16"));
  hanging = project.path(".keelson/hanging");
  mkdirSync(project.path(".keelson"));
});
afterEach(() => {
  project.remove();
  rmSync(temporary, { recursive: true, force: true });
});

/** Shell that tells its process id, and a child's, and then does nothing for ten minutes. */
const HANG = 'sleep 600 & echo "$$ $!" >"$HANGING"; wait';

/** Those that hang still. Whoever adopts one that has ended may take a moment to notice. */
async function stillHanging(): Promise<number[]> {
  const pids = readFileSync(hanging, "utf8").trim().split(" ").map(Number);
  for (let waited = 0; waited < 60_000 && pids.some(isAlive); waited += 50) await sleep(50);
  return pids.filter(isAlive);
}

/** Begins a preview that hangs somewhere, sends it a signal there, and says what is left. */
async function interrupted(env: NodeJS.ProcessEnv = {}, signal: NodeJS.Signals = "SIGINT") {
  const child = start(["preview", "--base", "main", "--format", "json"], project.directory, {
    ...{ TMPDIR: temporary, HANGING: hanging },
    ...env,
  });
  let said = "";
  let printed = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  child.stdout.on("data", (text: Buffer) => (printed += text.toString()));
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  for (let waited = 0; !existsSync(hanging) || readFileSync(hanging, "utf8") === ""; waited += 50) {
    if (waited > 240_000 || child.exitCode !== null) throw new Error(`nothing hangs: ${said}`);
    await sleep(50);
  }
  child.kill(signal);
  const [code, by] = await ended;
  const alive = await stillHanging();
  rmSync(hanging);
  return {
    ...{ code, by, printed, said, alive },
    temporary: readdirSync(temporary).filter(
      (name) => !name.startsWith("tsx-") && name !== "node-compile-cache",
    ),
    inProject: readdirSync(project.path(".keelson")),
    worktrees: project.git("worktree", "list").split("\n").length,
  };
}

const CLEAN = {
  code: null,
  by: "SIGINT",
  printed: "",
  alive: [],
  temporary: [],
  inProject: [],
  worktrees: 1,
};

/** A base whose packages have to be installed, since its lock file is another one; that installation hangs. */
function otherLock(): void {
  const manifest = { name: "p", version: "1.0.0", scripts: { preinstall: HANG } };
  const lock = {
    name: "p",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "p", version: "1.0.0" } },
  };
  project.write("package.json", manifest);
  project.write("package-lock.json", lock);
  project.commit(stack("10.1.0.0/16"));
  project.write("package-lock.json", { ...lock, version: "1.0.1" });
}

test("interrupted while it synthesizes, it leaves nothing running and nothing behind", async () => {
  project.write("cdktf.json", { app: HANG, language: "typescript" });
  const left = await interrupted();
  expect(left).toMatchObject(CLEAN);
  expect(left.said).toContain("preview: interrupted");
});

test("interrupted while it installs the base's packages, likewise", async () => {
  otherLock();
  expect(await interrupted()).toMatchObject(CLEAN);
});

test.each(["apply", "plan", "show"])("interrupted while Terraform is at its %s, likewise", async (step) => {
  const real = process.env["PATH"];
  project.write(
    ".keelson-bin/terraform",
    `#!/bin/sh\nPATH='${String(real)}'\nif [ "$1" = ${step} ]; then ${HANG}; fi\nexec terraform "$@"\n`,
  );
  chmodSync(project.path(".keelson-bin/terraform"), 0o755);
  project.edit(stack("10.1.0.0/16"));
  const PATH = `${project.path(".keelson-bin")}${path.delimiter}${process.env["PATH"] ?? ""}`;
  expect(await interrupted({ PATH })).toMatchObject(CLEAN);
});

test("a hang-up or a polite kill ends it the same way", async () => {
  project.write("cdktf.json", { app: HANG, language: "typescript" });
  expect(await interrupted({}, "SIGTERM")).toMatchObject({ ...CLEAN, by: "SIGTERM" });
});

test("a head that does not synthesize ends the installation of the base too", async () => {
  otherLock();
  const waits = 'until [ -s "$HANGING" ]; do sleep 0.1; done; echo no >&2; exit 1';
  project.write("cdktf.json", { app: waits, language: "typescript" });
  const { code, stderr } = await (async () => {
    const child = start(["preview", "--base", "main"], project.directory, {
      TMPDIR: temporary,
      HANGING: hanging,
    });
    let text = "";
    child.stderr.on("data", (one: Buffer) => (text += one.toString()));
    const [status] = (await once(child, "close")) as [number];
    return { code: status, stderr: text };
  })();
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("no") as unknown });
  expect(await stillHanging()).toEqual([]);
});
