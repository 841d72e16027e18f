import { Fn } from "cdktf";
import { exitOnInvalid, InvalidError, Problems } from "../../lib/core";

test("a problem names path, prop, what must hold, what was got and the fix", () => {
  const problems = new Problems("prod");
  problems.in("network").add("zones", { mustHold: "must be two", got: ["a"], fix: "add one" });
  expect(problems.found).toEqual([`prod/network: 'zones' must be two, got ["a"]; add one`]);
});

test("a problem says nothing of a value that was left out", () => {
  const problems = new Problems("prod");
  problems.add("domain", { mustHold: "must be a domain" });
  expect(problems.found).toEqual(["prod: 'domain' must be a domain"]);
});

test("a value that only Terraform knows is called that", () => {
  const problems = new Problems("prod");
  problems.add("name", { mustHold: "must be literal", got: Fn.upper("x") });
  expect(problems.found).toEqual(["prod: 'name' must be literal, got a value that only Terraform knows"]);
});

test("a problem can be about the whole of what stands at its path", () => {
  const problems = new Problems("environments");
  problems.add(undefined, { mustHold: "must be a list", got: null });
  expect(problems.found).toEqual(["environments: must be a list, got null"]);
});

const circular: Record<string, unknown> = { name: "prod" };
circular.self = circular;

test.each([
  [NaN, "NaN"],
  [-0, "-0"],
  [10n, "10n"],
  [Symbol("zone"), "Symbol(zone)"],
  [parseInt, "[Function: parseInt]"],
  [null, "null"],
  [new Map([["a", 1]]), "[Map]"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [["a", undefined, NaN, ["b"]], '["a",undefined,NaN,["b"]]'],
  [Array(2), "[undefined,undefined]"],
  [{ a: undefined, "b c": 1n }, '{"a":undefined,"b c":1n}'],
  [{ toJSON: () => "something else" }, '{"toJSON":[Function: toJSON]}'],
  [circular, '{"name":"prod","self":{...}}'],
  [[[[[["deep"]]]]], "[[[[[...]]]]]"],
  [["a", Fn.upper("x")], '["a",a value that only Terraform knows]'],
])("what was got is shown as what it is: case %#", (got, shown) => {
  const problems = new Problems("prod");
  problems.add("name", { mustHold: "must be a name", got });
  expect(problems.found).toEqual([`prod: 'name' must be a name, got ${shown}`]);
});

test("a value is shown however deep it is", () => {
  let deep: unknown = "end";
  for (let level = 0; level < 100_000; level++) {
    deep = [deep];
  }
  const problems = new Problems("prod");
  problems.add("name", { mustHold: "must be a name", got: deep });
  expect(problems.found).toEqual(["prod: 'name' must be a name, got [[[[[...]]]]]"]);
});

test.each([
  ["\u001b[31mred", "\\u001b[31mred"],
  ["a\nb: 'x' must", "a\\u000ab: 'x' must"],
  ["\r\u007f\u009b", "\\u000d\\u007f\\u009b"],
  ["\u2028\u202e\ud800", "\\u2028\\u202e\\ud800"],
  ["zürich 🚀", "zürich 🚀"],
])("no part of a problem leaves its line or colours it: %j", (hostile, escaped) => {
  const problems = new Problems(hostile);
  problems.in(hostile).add(hostile, { mustHold: `must ${hostile}`, fix: hostile });
  expect(problems.found).toEqual([`${escaped}/${escaped}: '${escaped}' must ${escaped}; ${escaped}`]);
});

test("all problems are thrown together", () => {
  const problems = new Problems("prod");
  problems.check("a", 1, () => [{ mustHold: "must be 2" }, { mustHold: "must be 3" }]);
  problems.in("network").check("b", 1, () => [{ mustHold: "must be 4" }]);
  expect(() => problems.throw()).toThrow(
    new InvalidError(["prod: 'a' must be 2", "prod: 'a' must be 3", "prod/network: 'b' must be 4"]),
  );
});

test("nothing is thrown when nothing is wrong", () => {
  const problems = new Problems("prod");
  problems.check("a", 1, () => []);
  expect(() => problems.throw()).not.toThrow();
});

test("an error that is not about input stays what it is", () => {
  const error = new Error("a bug");
  expect(() =>
    exitOnInvalid(() => {
      throw error;
    }),
  ).toThrow(error);
});
