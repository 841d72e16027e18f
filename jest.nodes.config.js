/** @returns {Promise<import("jest").Config>} */
module.exports = async () => ({
  ...(await import("./jest.config.js")).default,
  // What runs on the machines, against real servers: apart from `npm test`, since it needs `scripts/dev/setup.sh nodes`.
  testMatch: ["<rootDir>/__tests__/nodes/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  // On two cores: masters wait more than they work.
  maxWorkers: 3,
});
