import { InvalidError } from "../../lib/core";

/** What is invalid in what is done, a line each. */
export function problemsIn(run: () => void): readonly string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof InvalidError) {
      return error.problems;
    }
    throw error;
  }
}
