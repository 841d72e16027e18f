/**
 * cdktf notes for each token the stack that it was made from, and says it with the errors about tokens. Jest leads every line
 * of a stack back through the source maps: a third of the time of a test that synthesizes. No test reads these notes.
 */
require("cdktf/lib/tokens/private/stack-trace").captureStackTrace = () => [];
