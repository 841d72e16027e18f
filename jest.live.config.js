/** @returns {Promise<import("jest").Config>} */
module.exports = async () => {
  const common = (await import("./jest.config.js")).default;
  return {
    ...common,
    // What the clouds are not needed for, against real servers: apart from `npm test`, since it needs `scripts/dev/setup.sh live`.
    testMatch: ["<rootDir>/__tests__/live/**/*.test.ts"],
    testPathIgnorePatterns: ["/node_modules/"],
    // For a machine that is busy with other things too; what is waited for has a deadline of its own, which comes first.
    testTimeout: 900_000,
    setupFiles: [...common.setupFiles, "<rootDir>/__tests__/live/support/leash.ts"],
  };
};
