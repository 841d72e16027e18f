/** Why there is no way into a cluster, on one line. */
export class AccessError extends Error {
  override readonly name = "AccessError";

  /** @param passes whether waiting may help: something is not there yet, or does not answer */
  constructor(
    message: string,
    readonly passes = false,
  ) {
    super(oneLine(message));
  }
}

/** A text that others have made, without line ends and control characters, and no longer than one reads. */
export function oneLine(text: string): string {
  const plain = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return plain.length > 400 ? `${plain.slice(0, 399)}…` : plain;
}

/** What went wrong, as one line. */
export function reasonOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message || error.name : String(error));
}
