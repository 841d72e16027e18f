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
