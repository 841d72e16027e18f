import type { Rule } from "../../lib/core";

/** What an environment's name and prefix make has to be what a construct takes, and the fault is theirs. */
export function makes(mustMake: string, rule: Rule<string>): Rule<string> {
  return (made) =>
    rule(made).map(({ mustHold }) => ({
      mustHold: `${mustMake} (it ${mustHold})`,
      got: made,
      fix: "shorten 'name' or 'prefix'",
    }));
}
