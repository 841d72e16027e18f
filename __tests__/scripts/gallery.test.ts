import { readFileSync } from "node:fs";
import path from "node:path";
import { edits } from "../../scripts/dev/gallery/edits";
import { ROOT } from "../support/run";

const read = (name: string) => readFileSync(path.join(ROOT, name), "utf8");

test("the page of previews has a section for each edit, and no other", () => {
  const headings = [...read("docs/preview-gallery.md").matchAll(/^## (.*)$/gm)].map(([, title]) => title);
  expect(headings).toEqual(edits.map(({ title }) => title));
});

// That the page says what comes out is checked by 'npm run gallery -- --check', which takes minutes.
test.each(edits)("what is to be edited is there: $title", ({ given = {}, files }) => {
  for (const [name, replacements] of Object.entries(given))
    for (const [from] of replacements) expect(read(name)).toContain(from);
  for (const [name, replacements] of Object.entries(files)) {
    const before = (given[name] ?? []).reduce((text, [from, to]) => text.replace(from, () => to), read(name));
    replacements.reduce((text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, () => to);
    }, before);
  }
});
