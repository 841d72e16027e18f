import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";

/** How long a preview worked on one thing, in seconds. */
export interface Stage {
  readonly name: string;
  readonly seconds: number;
}

/** One run of `keelson preview`: what a clock beside it says, and what processors worked on it and its children. */
export interface TimedPreview {
  readonly stages: readonly Stage[];
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/**
 * Runs `keelson preview --base HEAD` and takes the time at each line of its progress.
 *
 * @param keelson the program's file
 * @throws Error with what it said, when it does not end with the code for changes
 */
export async function timedPreview(keelson: string, project: string): Promise<TimedPreview> {
  const preview = [process.execPath, keelson, "preview", "--base", "HEAD"];
  const outputs = ["markdown", "json"].flatMap((format) => ["--format", format, "--out", `/dev/null`]);
  // The shell's `times` counts the processors' time of all its children.
  const script = '"$@" >/dev/null; code=$?; times; exit $code';
  const start = performance.now();
  const marks: { name: string; at: number }[] = [{ name: "start, git worktree", at: start }];
  const child = spawn("sh", ["-c", script, "sh", ...preview, ...outputs], { cwd: project });
  let [said, printed] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    for (const [, line = ""] of text.matchAll(/^preview: (.*)$/gm))
      marks.push({ name: line, at: performance.now() });
    said += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 2) throw new Error(`the preview of ${project} ended with ${String(code)}, not 2:\n${said}`);
  const end = performance.now();
  const stages = marks.map(({ name, at }, i) => ({ name, seconds: ((marks[i + 1]?.at ?? end) - at) / 1000 }));
  return { stages, wallSeconds: (end - start) / 1000, cpuSeconds: ofChildren(printed) };
}

/** The second line of `times`: user and system time of the children, as `1m2.5s 0m3.1s`. */
function ofChildren(times: string): number {
  const last = times.trim().split("\n").at(-1) ?? "";
  return [...last.matchAll(/(\d+)m([\d.]+)s/g)]
    .map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds))
    .reduce((sum, one) => sum + one, 0);
}
