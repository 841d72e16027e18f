/** One piece of a document, which stands in it whole or not at all. */
export interface Piece {
  readonly text: string;
  /** Which pieces stay when not all fit: the lowest first. */
  readonly priority: number;
  /** What a reader misses without it, for counting, such as `change`. */
  readonly what: string;
}

export interface Fitted {
  readonly text: string;
  /** How many pieces of each kind were left out. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/**
 * As many of the pieces as fit into `max` bytes, in their order. Bytes, since it is not said whether GitHub counts its
 * 65,536 as characters or as UTF-16.
 */
export function fit(pieces: readonly Piece[], max: number): Fitted {
  const kept = new Set<Piece>();
  let size = 0;
  for (const piece of [...pieces].sort((one, other) => one.priority - other.priority)) {
    const needed = Buffer.byteLength(piece.text) + 1;
    if (size + needed > max) continue;
    kept.add(piece);
    size += needed;
  }
  const leftOut = new Map<string, number>();
  for (const { what } of pieces.filter((piece) => !kept.has(piece)))
    leftOut.set(what, (leftOut.get(what) ?? 0) + 1);
  return {
    text: pieces
      .filter((piece) => kept.has(piece))
      .map(({ text }) => text)
      .join("\n"),
    leftOut,
  };
}
