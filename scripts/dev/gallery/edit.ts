import type { Preview } from "../../../lib/cli/preview/model/preview";
import type { Expected } from "./verify";

/** In each file, texts and what stands in their place. */
export type Replacements = Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;

/** One edit of the reference estate, and what its preview must say. */
export interface Edit {
  readonly title: string;
  /** What a reader should see in it. */
  readonly shows: string;
  /** What the base has that the estate has not. */
  readonly given?: Replacements;
  readonly files: Replacements;
  /** Further files, made from what the edits before this one showed. */
  readonly more?: (earlier: ReadonlyMap<string, Preview>) => Readonly<Record<string, string>>;
  readonly expected: Expected;
  /** A part of what is said where there is no preview. */
  readonly says?: string;
}

export const env = (name: string): string => `stacks/environments/${name}.ts`;
