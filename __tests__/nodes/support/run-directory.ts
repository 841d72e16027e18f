import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { endShared } from "./shared-server";

/** Jest's globalSetup: a directory for what all workers of this run share. It may hold keys, so it is root's alone. */
export default function makeRunDirectory(): void {
  const directory = mkdtempSync(path.join(tmpdir(), "keelson-run-"));
  process.env["KEELSON_TEST_RUN"] = directory;
  process.once("exit", () => {
    endShared(directory);
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  });
}
