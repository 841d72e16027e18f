// A child of the benchmark: plain cdktf, as many resources of each type as Keelson's stacks have, made in a loop.
import { readFileSync } from "node:fs";
import { everythingIsLoaded, report } from "./watch";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import type { Counts } from "./counts";
import { MAKERS } from "./makers";

everythingIsLoaded();

const [, , counts = "", outdir] = process.argv;
const app = new App({ outdir });
for (const [id, byType] of Object.entries(JSON.parse(readFileSync(counts, "utf8")) as Counts)) {
  const stack = new TerraformStack(app, id);
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  const first = new Map<string, string>();
  const idOf = (type: string) => first.get(type) ?? `${type}-0`;
  for (const [type, make] of Object.entries(MAKERS)) {
    for (let i = 0; i < (byType[type] ?? 0); i++) {
      const made = make(stack, `${type}-${String(i)}`, idOf);
      if (!first.has(type)) first.set(type, made.getStringAttribute("id"));
    }
  }
}
app.synth();
report();
