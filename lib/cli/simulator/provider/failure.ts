/** A failure to be had on purpose: `apply:aws_nat_gateway` or `plan:aws_vpc=OutOfCapacity: none left`. */
export interface Failure {
  readonly step: Step;
  readonly type: string;
  readonly message: string;
  /** Whether it has happened. A misspelt type never does, and whoever asked should hear of it. */
  used: boolean;
}

export type Step = (typeof STEPS)[number];
const STEPS = ["read", "plan", "apply", "destroy", "data", "open"] as const;

/** @throws Error when the text is not `<step>:<type>` or `<step>:<type>=<message>`. */
export function parseFailure(text: string): Failure {
  const [, step, type, message] = /^([a-z]+):([A-Za-z0-9_]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (!type || !STEPS.includes(step as Step)) {
    throw new Error(
      `--fail must be <step>:<resource type>[=<message>] with a step of ${STEPS.join(", ")}, got "${text}"; ` +
        "try --fail apply:aws_nat_gateway",
    );
  }
  return {
    step: step as Step,
    type,
    message: message ?? "this failure was asked for with --fail",
    used: false,
  };
}
