import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listModules, readModule } from "../../../../lib/cli/simulator/bindings/source";
import { temporaryDirectory } from "./toolkit";

/** A directory with these files; `null` makes a directory. */
function directory(files: Record<string, string | null>): string {
  const root = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    if (content === null) mkdirSync(join(root, name));
    else writeFileSync(join(root, name), content);
  }
  return root;
}

const compiled = (sourceMap: unknown) =>
  `"use strict";\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,` +
  Buffer.from(JSON.stringify(sourceMap)).toString("base64");

test("a compiled module is read from the sources in its source map, its structs too", () => {
  const root = directory({
    "index.js": compiled({ sourcesContent: ["// the Müller resource"] }),
    "index.d.ts": "declarations",
    "index-structs": null,
    "index-structs/index.js": "export",
    "index-structs/structs0.js": compiled({ sourcesContent: ["// first"] }),
    "index-structs/structs0.d.ts": "declarations",
    "index-structs/structs400.js": compiled({ sourcesContent: ["// second"] }),
  });
  expect(readModule(root).text).toBe("// the Müller resource\n// first\n// second");
});

test("a module that was compiled beside its source is read from the source", () => {
  const root = directory({ "index.ts": "// source", "index.js": "compiled", "index.d.ts": "declarations" });
  expect(readModule(root)).toEqual({ file: join(root, "index.ts"), text: "// source" });
});

test.each([
  ["no source map", "compiled"],
  ["a source map of its own file", "//# sourceMappingURL=index.js.map"],
])("a compiled module with %s is refused by its name", (_, content) => {
  const root = directory({ "index.js": content });
  expect(() => readModule(root)).toThrow(`${join(root, "index.js")}: has no inline source map`);
});

test.each([[{ sourcesContent: [null] }], [{ sources: ["index.ts"] }]])(
  "a source map without sources is refused: %j",
  (sourceMap) => {
    const root = directory({ "index.js": compiled(sourceMap) });
    expect(() => readModule(root)).toThrow(`${join(root, "index.js")}: its source map has no sourcesContent`);
  },
);

test("only directories with a generated module are listed", () => {
  const root = directory({ "index.js": "", b: null, "b/index.ts": "", a: null, "a/index.js": "", c: null });
  expect(listModules(root)).toEqual(["a", "b"]);
});
