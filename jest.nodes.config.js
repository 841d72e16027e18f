/** @returns {Promise<import("jest").Config>} */
module.exports = async () => ({
  ...(await import("./jest.config.js")).default,
  // What runs on the machines, against real servers: apart from `npm test`, since it needs `scripts/dev/setup.sh nodes`.
  testMatch: ["<rootDir>/__tests__/nodes/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  // Jest would take one of two cores. Masters wait about as much as they work.
  maxWorkers: 2,
});
