import type { Preview } from "../../lib/cli/preview/model/preview";
import { renderMarkdown } from "../../lib/cli/preview/render/markdown";

interface Node {
  readonly type: string;
  readonly literal: string | null;
}
interface Walker {
  next(): { readonly node: Node; readonly entering: boolean } | null;
}
const { Parser } = jest.requireActual<{ Parser: new () => { parse(text: string): { walker(): Walker } } }>(
  "commonmark",
);

function nodesOf(markdown: string): Node[] {
  const walker = new Parser().parse(markdown).walker();
  const nodes: Node[] = [];
  for (let event = walker.next(); event; event = walker.next()) if (event.entering) nodes.push(event.node);
  return nodes;
}

/** Texts as a fork may put them into names, each with the word by which it is found again. */
const HOSTILE = [
  "@EVIL",
  "@EVIL/team #1 GH-1",
  "[EVIL](https://example.com)",
  "![EVIL](https://example.com/i.png)",
  '<img src=x onerror="EVIL">',
  "<a href=//example.com>EVIL</a>",
  "https://example.com/EVIL www.EVIL.com",
  "EVIL@example.com",
  "`EVIL` **EVIL**",
  "``` EVIL ```",
  "\n\n# EVIL",
  "\n```\n\n**EVIL**\n\n```\n",
  "~~~\nEVIL",
  "\n\n<details><summary>EVIL",
  "--> <b>EVIL",
  "<!-- EVIL",
  "\\` EVIL `",
  "a | EVIL | c",
  "\n| EVIL |\n|--|\n",
  "\n> EVIL",
  "\n- EVIL",
  "\r\n\r\nEVIL",
  "\u2028# EVIL",
  "&#64;EVIL &lt;b&gt;",
  "$EVIL$ :EVIL: EVIL",
  "1. EVIL",
  "\tEVIL",
  "EVIL\\",
  "`",
];

/** A document with `evil` in each place that takes text. */
const filled = (evil: string): Preview => ({
  ...{ version: 1, simulated: true, tool: evil, notes: [evil], assumptions: [evil] },
  base: { ref: evil, commit: evil },
  head: { commit: evil, dirty: true },
  stacks: (["changed", "unchanged"] as const).map((status) => ({
    ...{ name: evil, status, notes: [evil] },
    changes:
      status === "unchanged"
        ? []
        : (["replace", "create"] as const).map((action) => ({
            ...{ address: evil, type: evil, path: evil, previousAddress: evil, action, stateful: evil },
            ...{ certainty: "may-replace", forcedBy: [{ attribute: evil, source: evil }], follows: [evil] },
            attributes: (["may-replace", "sets"] as const).map((effect) => ({
              ...{ path: evil, effect, source: evil },
              ...{ before: { kind: "value", text: evil }, after: { kind: "value", text: evil } },
            })),
            disruption: [evil],
            notes: [evil],
          })),
    outputs:
      status === "unchanged"
        ? []
        : [{ name: evil, action: "update", before: { kind: "none" }, after: { kind: "value", text: evil } }],
    renames: [{ type: evil, from: evil, to: evil, differs: [evil], forces: [evil] }],
    errors: [{ summary: evil, detail: evil, address: evil }],
    refusals: [{ summary: evil, detail: evil, address: evil }],
    unprotected: [{ address: evil, path: evil, type: evil, by: evil, stateful: evil }],
  })),
});

const countHeadings = (nodes: readonly Node[]) => nodes.filter(({ type }) => type === "heading").length;
const HEADINGS = countHeadings(nodesOf(renderMarkdown(filled("plain"))));
const OURS = [
  "<!-- keelson:preview -->",
  "<details><summary>In detail</summary>",
  "<details><summary>What is refused, and who says so</summary>",
  "<details><summary>The renames</summary>",
  "</details>",
];
/** What stands free: a sentence of letters and harmless punctuation, and the pieces of HTML that are ours. */
const isOurs = ({ type, literal }: Node, evil: string) => {
  if (type === "html_block") return OURS.includes(literal ?? "");
  if (type === "html_inline") return literal === "<br>";
  return literal?.includes("EVIL") !== true || /^[A-Za-z0-9 ,;:'().!?-]+$/.test(evil);
};

test.each(HOSTILE)("%j is told, and nothing of it is markup", (evil) => {
  const nodes = nodesOf(renderMarkdown(filled(evil)));
  const markup = nodes.filter(({ type }) => type !== "code" && type !== "code_block");
  expect(markup.filter(({ type }) => type === "link" || type === "image")).toEqual([]);
  expect(markup.filter((node) => !isOurs(node, evil)).map(({ literal }) => literal)).toEqual([]);
  expect(countHeadings(nodes)).toBe(HEADINGS);
  expect(nodes.some(({ literal }) => literal?.includes(evil.includes("EVIL") ? "EVIL" : "\u02cb"))).toBe(
    true,
  );
});
