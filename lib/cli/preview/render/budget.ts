/** One piece of a document, which stands in it whole or not at all. */
export interface Piece {
  readonly text: string;
  /** Which pieces stay when not all fit: the lowest first. */
  readonly priority: number;
  /** What a reader misses without it, for counting, such as `change`. */
  readonly what: string;
  /** What is to be clicked to see it, and the neighbours that say the same; absent where it stands open. */
  readonly under?: string;
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
  const runs = runsOf(pieces);
  const opened = new Set<number>();
  const kept = new Set<Piece>();
  let size = 0;
  for (const piece of [...pieces].sort((one, other) => one.priority - other.priority)) {
    const run = runs.get(piece) ?? 0;
    const around = piece.under === undefined || opened.has(run) ? "" : open(piece.under) + CLOSE;
    const needed = Buffer.byteLength(piece.text + around) + 3;
    if (size + needed > max) continue;
    kept.add(piece);
    if (piece.under !== undefined) opened.add(run);
    size += needed;
  }
  const leftOut = new Map<string, number>();
  for (const { what } of pieces.filter((piece) => !kept.has(piece)))
    leftOut.set(what, (leftOut.get(what) ?? 0) + 1);
  return {
    text: wrapped(
      pieces.filter((piece) => kept.has(piece)),
      runs,
    ),
    leftOut,
  };
}

/** Which run of neighbours under the same words each piece belongs to. */
function runsOf(pieces: readonly Piece[]): Map<Piece, number> {
  let run = 0;
  return new Map(
    pieces.map((piece, i) => [piece, pieces[i - 1]?.under === piece.under ? run : ++run] as const),
  );
}

const CLOSE = "\n</details>\n";
const open = (words: string) => `\n<details><summary>${words}</summary>\n\n`;

function wrapped(pieces: readonly Piece[], runs: ReadonlyMap<Piece, number>): string {
  return pieces
    .map((piece, i) => {
      const { under, text } = piece;
      if (under === undefined) return text;
      const isIn = (other: Piece | undefined) => other !== undefined && runs.get(other) === runs.get(piece);
      return (isIn(pieces[i - 1]) ? "" : open(under)) + text + (isIn(pieces[i + 1]) ? "" : CLOSE);
    })
    .join("\n");
}
