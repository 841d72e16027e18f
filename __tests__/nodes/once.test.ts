import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { once } from "./support/once";

describe("what a run makes once", () => {
  const run = process.env["KEELSON_TEST_RUN"] ?? "";

  test("is made by the first who asks, and all others wait for it and have the same", async () => {
    const name = randomUUID();
    let made = 0;
    const make = async (directory: string) => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 300));
      writeFileSync(path.join(directory, "it"), "whole");
    };
    const all = await Promise.all([once(name, make), once(name, make), once(name, make)]);
    expect([made, new Set(all).size]).toEqual([1, 1]);
    expect(readFileSync(path.join(all[0], "it"), "utf8")).toBe("whole");
  });

  test("fails for all with the cause, now and later, and is not tried again", async () => {
    const name = randomUUID();
    const fails = () => once(name, () => Promise.reject(new Error("no etcd")));
    const [first, second] = await Promise.allSettled([fails(), fails()]);
    for (const { status, reason } of [first, second] as PromiseRejectedResult[]) {
      expect([status, String(reason)]).toEqual(["rejected", expect.stringContaining("no etcd")]);
    }
    await expect(once(name, () => Promise.resolve())).rejects.toThrow("no etcd");
  });

  test("fails where the worker that makes it has ended", async () => {
    const name = randomUUID();
    writeFileSync(path.join(run, `${name}.claim`), "999999999");
    await expect(once(name, () => Promise.resolve())).rejects.toThrow("the worker that made it ended");
  });

  test("is whole or not there", async () => {
    const name = randomUUID();
    const seen: string[] = [];
    await once(name, (directory) => {
      seen.push(...readdirSync(run).filter((entry) => entry.startsWith(name)));
      return Promise.resolve(writeFileSync(path.join(directory, "it"), ""));
    });
    expect(seen.sort()).toEqual([`${name}.claim`, `${name}.part`]);
    expect(existsSync(path.join(run, `${name}.part`))).toBe(false);
  });
});
