const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { transformSync, version } = require("esbuild");

/** Turns TypeScript into CommonJS for Jest. Types are not checked here: `npm run typecheck` does that, once. */
module.exports = {
  getCacheKey: (source, file) =>
    createHash("sha256")
      .update(version)
      .update(readFileSync(__filename))
      .update(file)
      .update(source)
      .digest("hex"),
  process(source, sourcefile) {
    return transformSync(source, {
      sourcefile,
      loader: "ts",
      format: "cjs",
      target: "node20",
      // Jest's modules are not Node's own, so an import() has to become a require().
      supported: { "dynamic-import": false },
      sourcemap: "inline",
      sourcesContent: false,
    });
  },
};
