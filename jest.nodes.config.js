/** @returns {Promise<import("jest").Config>} */
module.exports = async () => ({
  ...(await import("./jest.config.js")).default,
  // What runs on the machines, against real servers: apart from `npm test`, since it needs `scripts/dev/setup.sh nodes`.
  testMatch: ["<rootDir>/__tests__/nodes/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  globalSetup: "<rootDir>/__tests__/nodes/support/run-directory.ts",
  // Masters wait more than they work: two cores carry five workers, where Jest would take one.
  maxWorkers: 5,
});
