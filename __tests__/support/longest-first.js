const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * What boots masters or deploys an estate, several times over, the longest first: on a fresh clone Jest goes by files' sizes.
 * Of the first four one alone needs the cluster that it founds for the others, so that no worker waits for it.
 */
const LONG = [
  ...[
    "boot",
    "faults-crash",
    "faults-masters",
    "rebuild",
    "faults-machine",
    "faults-store",
    "faults-",
    "renew",
  ].map((name) => `nodes/${name}`),
  ...["cli/estate", "cli/simulate", "stacks/main", "package/package"],
];

/** Starts the long files first, so that no worker is left alone with one of them at the end. */
module.exports = class extends Sequencer {
  /** @param {import("@jest/test-result").Test[]} tests */
  sort(tests) {
    const rank = ({ path }) => LONG.findIndex((name) => path.includes(`/__tests__/${name}`)) + 1 || Infinity;
    return super.sort(tests).sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  }
};
