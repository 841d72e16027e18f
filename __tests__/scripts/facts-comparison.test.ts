import type { Fact, FactKind } from "../../lib/cli/simulator/facts/facts";
import { compare } from "../../scripts/dev/facts/compare";

const row = (attribute: string, fact: FactKind, more: Partial<Fact> = {}): Fact => ({
  ...{ type: "aws_lamp", attribute, fact, source: "a page" },
  ...(fact === "may-replace" ? { value: "it depends" } : {}),
  ...more,
});

describe("a row by hand", () => {
  test("that says what is derived, too, is to be deleted", () => {
    expect(compare([row("name", "replaces")], [row("name", "replaces")]).problems).toEqual([
      expect.stringMatching(/^aws_lamp\.name: .*'replaces'.*delete the row/),
    ]);
  });

  test.each<[FactKind, FactKind]>([
    ["in-place", "replaces"],
    ["replaces", "in-place"],
    ["may-replace", "in-place"],
    ["in-place", "may-replace"],
  ])("of '%s' where '%s' is derived is named, unless it says why it holds", (one, other) => {
    expect(compare([row("name", one)], [row("name", other)]).problems).toEqual([
      expect.stringContaining("aws_lamp.name"),
    ]);
    const { problems, overriding } = compare(
      [row("name", one, { overrides: "the binding is older" })],
      [row("name", other)],
    );
    expect({ problems, overriding }).toEqual({ problems: [], overriding: 1 });
  });

  test("of what could not be derived stands, and so does what a condition depends on", () => {
    const { problems, beyond } = compare(
      [row("name", "in-place"), row("colour", "may-replace"), row("watts", "replaces")],
      [row("name", "may-replace", { value: "not derivable: so" }), row("colour", "may-replace")],
    );
    expect({ problems, beyond }).toEqual({ problems: [], beyond: 3 });
  });

  test("that overrides nothing any more is named", () => {
    const stale = row("name", "in-place", { overrides: "the binding is older" });
    expect(compare([stale], []).problems).toEqual([expect.stringContaining("overrides nothing")]);
  });

  test("of a part of what is derived as a whole is judged by the whole", () => {
    expect(compare([row("list.part", "in-place")], [row("list", "in-place")]).problems).toHaveLength(1);
  });

  test("of a default, say, is none of this", () => {
    expect(compare([row("name", "default", { value: 1 })], [row("name", "replaces")]).problems).toEqual([]);
  });
});
