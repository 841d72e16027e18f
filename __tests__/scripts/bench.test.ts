import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { MAKERS } from "../../scripts/dev/bench/makers";
import { ROOT } from "../support/run";

test("the benchmark makes every type by hand that the clusters on AWS have", () => {
  const lists = path.join(ROOT, "__tests__/stacks/addresses");
  const types = readdirSync(lists)
    .filter((name) => /-us-east-1(-state)?\.txt$/.test(name))
    .flatMap((name) => readFileSync(path.join(lists, name), "utf8").split("\n"))
    .map((address) => /^((?:data\.)?aws_\w+)\./.exec(address)?.[1])
    .filter((type) => type !== undefined);
  expect(types.length).toBeGreaterThan(300);
  expect([...new Set(types)].filter((type) => !(type in MAKERS))).toEqual([]);
});
