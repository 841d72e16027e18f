import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { estate } from "../support/estate";
import { ROOT, runNode } from "../support/run";
import { readStacks } from "../support/synth";

test("the stacks become the same Terraform on CDK Terrain, where CDKTF lives on", () => {
  const outdir = mkdtempSync(path.join(tmpdir(), "keelson-cdktn-"));
  try {
    const preload = path.join(ROOT, "__tests__/support/cdktn.cjs");
    const ended = runNode(["--require", preload, "--import", "tsx", "main.ts"], ROOT, {
      KEELSON_SIMULATED: "1",
      CDKTF_OUTDIR: outdir,
    });
    expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readStacks(outdir)).toEqual(estate());
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
