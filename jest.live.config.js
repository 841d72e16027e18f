/** @returns {Promise<import("jest").Config>} */
module.exports = async () => ({
  ...(await import("./jest.config.js")).default,
  // What the clouds are not needed for, against real servers: apart from `npm test`, since it needs `scripts/dev/setup.sh live`.
  testMatch: ["<rootDir>/__tests__/live/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 180_000,
});
