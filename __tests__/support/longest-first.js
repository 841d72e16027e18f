const { default: Sequencer } = require("@jest/test-sequencer");

/** What boots whole masters, several times over, begins first: on a fresh clone Jest would go by the size of files. */
const LONG = ["faults-", "boot", "rebuild"];

/** Starts the long files first, so that no worker is left alone with one of them at the end. */
module.exports = class extends Sequencer {
  /** @param {import("@jest/test-result").Test[]} tests */
  sort(tests) {
    const rank = ({ path }) => LONG.findIndex((name) => path.includes(`/nodes/${name}`));
    return super.sort(tests).sort((a, b) => Number(rank(a) < 0) - Number(rank(b) < 0));
  }
};
