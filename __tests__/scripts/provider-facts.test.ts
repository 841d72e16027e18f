import path from "node:path";
import { fold } from "../../scripts/dev/facts/fold";
import { runReader, type Read } from "../../scripts/dev/facts/sources";
import { ROOT } from "../support/run";
import { has, testWith } from "../support/tools";

const goTest = testWith({ go: has("go") }, "install Go, https://go.dev/dl");
const FIXTURES = path.join(ROOT, "scripts/dev/tools/provider-facts/testdata");

function read(modules: readonly string[], types: readonly string[]): Record<string, Read> {
  const places = modules.map((name) => `example.test/${name}=${path.join(FIXTURES, name)}`);
  return runReader(places, types);
}

/** What a change of each attribute does, and what says so. */
function changes({ attributes = {} }: Read = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { change, why }]) => [name, `${change}: ${why}`]),
  );
}

let aws: Record<string, Read>;
beforeAll(() => {
  // The first run compiles the reader.
  if (has("go"))
    aws = read(["aws"], ["aws_lamp", "aws_candle", "aws_torch", "aws_lantern", "data.aws_lamp", "aws_sun"]);
});

describe("the reader of a provider's Go source", () => {
  goTest("tells what forces a replacement from what does not, and why", () => {
    expect(changes(aws["aws_lamp"])).toMatchObject({
      name: "replaces: ForceNew", // by a constant of another package
      helped: "replaces: ForceNew", // by a function
      plug: "replaces: ForceNew", // in a loop
      colour: "in-place: no ForceNew",
      "shade.fabric": "replaces: ForceNew",
      "shade.lining.fabric": "replaces: ForceNew",
      region: "replaces: forceNewIfRegionChanges",
    });
    expect(aws["aws_lamp"]?.source).toBe("internal/service/lamp/lamp.go");
  });

  goTest("doubts what a condition decides", () => {
    expect(changes(aws["aws_lamp"])).toMatchObject({
      watts: "may-replace: a condition in CustomizeDiff",
      volts: "may-replace: a condition in CustomizeDiff", // in a function, by a loop's variable
      amperes: "in-place: no ForceNew",
    });
    expect(changes(aws["aws_torch"])["oil"]).toMatch(
      /^may-replace: not derivable: a condition in CustomizeDiff/,
    );
  });

  goTest("doubts what it could not evaluate, and leaves out what is off by default", () => {
    const known = changes(aws["aws_lamp"]);
    expect(known["cable"]).toMatch(/^may-replace: not derivable/);
    expect(known["overseas"]).toMatch(/^may-replace: not derivable/);
    expect(known).not.toHaveProperty("beta");
    expect(aws["aws_sun"]?.problem).toBe("no function is annotated with it");
  });

  goTest("knows what a block does that comes or goes, and an element of a set", () => {
    const known = changes(aws["aws_lamp"]);
    expect(known["foot"]).toBe("replaces: ForceNew");
    expect(known["foot.height"]).toMatch(/^may-replace: ForceNew of foot/);
    expect(known["stand.width"]).toBe("in-place: no ForceNew"); // always exactly one
    expect(known["bulb.label"]).toMatch(/^may-replace: it stands in a set, bulb/);
  });

  goTest("takes every change for a replacement where nothing updates", () => {
    expect(changes(aws["aws_candle"])["wax"]).toBe("replaces: no Update");
  });

  goTest("reads resources of the plugin framework", () => {
    expect(changes(aws["aws_lantern"])).toMatchObject({
      name: "replaces: RequiresReplace",
      glass: "may-replace: RequiresReplaceIfConfigured",
      oil: "may-replace: a condition in ModifyPlan",
      wick: "in-place: no RequiresReplace",
      "handle.grip": "in-place: no RequiresReplace",
    });
  });

  goTest("tells what is sensitive, in data sources too", () => {
    const sensitive = (name: string) =>
      Object.entries(aws[name]?.attributes ?? {}).flatMap(([one, { sensitive }]) => (sensitive ? [one] : []));
    expect(sensitive("aws_lamp")).toEqual(["secret"]);
    expect(sensitive("aws_lantern")).toEqual(["key"]);
    expect(sensitive("data.aws_lamp")).toEqual(["secret"]);
  });

  goTest("reads azurerm's resources, typed or not, with helpers of another module", () => {
    const found = read(["azurerm", "helpers"], ["azurerm_lamp", "azurerm_typed_lamp"]);
    const expected = { location: "replaces: ForceNew", colour: "in-place: no ForceNew" };
    expect(changes(found["azurerm_lamp"])).toEqual(expected);
    expect(changes(found["azurerm_typed_lamp"])).toMatchObject(expected);
    expect(found["azurerm_typed_lamp"]?.attributes?.["key"]?.sensitive).toBe(true);
    const without = read(["azurerm"], ["azurerm_lamp"]);
    expect(changes(without["azurerm_lamp"])["location"]).toMatch(
      /^may-replace: not derivable: a call of Location/,
    );
  });
});

describe("what a binding has of it", () => {
  const attribute = (change: "replaces" | "in-place", flags = "Optional") => ({ change, why: "so", flags });
  const text = { type: "string", optional: true } as const;

  test("is doubted where the source lacks it, or has it otherwise", () => {
    const known = fold(
      {
        source: "a.go",
        attributes: { same: attribute("replaces"), other: attribute("in-place", "Required") },
      },
      { attributes: { same: text, other: text, gone: text }, blocks: {} },
    );
    expect(known.replaces).toEqual({ so: ["same"] });
    expect(known["in-place"]).toBeUndefined();
    expect(Object.keys(known["may-replace"] ?? {})).toEqual([
      "not derivable: the source that was read does not have it",
      "not derivable: the source that was read has it otherwise (Required)",
    ]);
  });

  test("is as grave as what is in it, where the source has a block and the binding an attribute", () => {
    const block = { ...attribute("in-place"), block: true as const };
    const known = fold(
      {
        source: "a.go",
        attributes: { list: block, "list.a": attribute("replaces"), "list.b": attribute("in-place") },
      },
      {
        attributes: { list: { type: ["list", ["object", { a: "string", b: "string" }]], optional: true } },
        blocks: {},
      },
    );
    expect(known["may-replace"]).toEqual({
      "it is one attribute here, and list.a in it replaces (so)": ["list"],
    });
  });

  test("may all replace where nothing was read", () => {
    const known = fold({ problem: "it is not there" }, { attributes: { a: text }, blocks: {} });
    expect(known["may-replace"]).toEqual({ "not derivable: it is not there": ["a"] });
  });
});
