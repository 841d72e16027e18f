import type { Edit } from "./edit";

/** What came of an edit. */
export interface Shown {
  readonly edit: Edit;
  readonly diff: readonly string[];
  readonly code: number | null;
  /** The comment, or what was said in place of one. */
  readonly comment: string;
}

/** The page: an index, and each edit with its comment. */
export function pageOf(shown: readonly Shown[]): string {
  return [
    "# Previews of edits",
    "",
    "What `keelson preview --guard` says of edits of this repository's own estate. `npm run gallery` writes this page, and",
    "`scripts/dev/gallery/edits.ts` says what each preview must hold. [previews.md](previews.md) says how to read one.",
    "",
    "| edit | what it shows | exit code |",
    "| --- | --- | --: |",
    ...shown.map(
      ({ edit: { title, shows }, code }) => `| [${title}](#${anchor(title)}) | ${shows} | ${code} |`,
    ),
    "",
    ...shown.map(sectionOf),
  ].join("\n");
}

/** GitHub's anchor of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

function sectionOf({ edit, diff, comment }: Shown): string {
  return [`## ${edit.title}`, "", edit.shows, "", "```diff", ...diff, "```", "", commentOf(comment), ""].join(
    "\n",
  );
}

/** The comment as it stands in the page: commits are others each time, and its headings are below the edit's. */
function commentOf(comment: string): string {
  return comment
    .replace(/`[0-9a-f]{9}` → `[0-9a-f]{9}`/, "`0123456` → `0123456`")
    .replace("<!-- keelson:preview -->\n", "")
    .replace(/^(#+) /gm, "$1# ")
    .trim();
}
