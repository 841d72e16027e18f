import type { Piece } from "./budget";

/** What stays when not everything fits: the heading, then what is lost, then each kind of news by its weight. */
const PRIORITY = {
  ...{ heading: 2, loss: 3, failure: 3, refusal: 3, disruption: 4, cause: 5, group: 5, followers: 6 },
  ...{ rename: 7, forcing: 8, output: 9, created: 10, attribute: 11, detail: 12 },
} as const;

export function piece(kind: keyof typeof PRIORITY, what: string, text: string): Piece {
  return { text, what, priority: PRIORITY[kind] };
}
