/** @type {import("jest").Config} */
module.exports = {
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/nodes/", "<rootDir>/__tests__/live/"],
  // esbuild has a package for every platform in the lock file; swc, and what Jest 30 resolves modules with, had gaps.
  transform: { "^.+\\.ts$": "<rootDir>/__tests__/support/transformer.js" },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/cdktf.out/", "<rootDir>/.keelson/"],
  // Many tests run real processes: Terraform, cdktf, bash.
  testTimeout: 60_000,
  // Of two cores Jest would leave one idle.
  maxWorkers: "100%",
  globalSetup: "<rootDir>/__tests__/support/build.ts",
  setupFiles: ["<rootDir>/__tests__/support/without-creation-stacks.js"],
  testSequencer: "<rootDir>/__tests__/support/longest-first.js",
  reporters: ["default", "<rootDir>/__tests__/support/summary-reporter.js"],
};
