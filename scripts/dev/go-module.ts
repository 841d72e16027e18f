import { execFileSync } from "node:child_process";

/** Downloads a Go module into Go's own cache, and says where it is. */
export function downloadGoModule(path: string, version: string): string {
  const output = execFileSync("go", ["mod", "download", "-json", `${path}@${version}`], { encoding: "utf8" });
  return (JSON.parse(output) as { Dir: string }).Dir;
}
