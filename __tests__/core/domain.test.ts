import { Fn } from "cdktf";
import fc from "fast-check";
import { isDomain, isLabel, LABEL } from "../../lib/core";

const NO_LABEL = "must be a DNS label, such as prod-us-east-1";
const NO_DOMAIN = "must be a domain name in lower case, such as example.org";

const letter = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz");
const edge = fc.oneof(letter, fc.constantFrom(..."0123456789"));
const middle = fc.string({ unit: fc.oneof(edge, fc.constant("-")), maxLength: 61 });
const long = fc.tuple(edge, middle, edge).map((parts) => parts.join(""));
const label = fc.oneof(edge, long);
/** The last label begins with a letter, or the whole could be an address. */
const last = fc.oneof(
  letter,
  fc.tuple(letter, middle, edge).map((parts) => parts.join("")),
);
const domain = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 6 }), last)
  .map(([labels, end]) => [...labels, end].join("."))
  .filter(({ length }) => length >= 4 && length <= 253);

/** What no label holds, wherever it stands. */
const foreign = fc.constantFrom(..."ABZ_ .*@/:\\\n\u00fc\u0430\u200b");
const spoilt = fc
  .tuple(label, foreign, fc.nat(63))
  .map(([good, bad, place]) => `${good.slice(0, place)}${bad}${good.slice(place)}`);

const refusedWith = (mustHold: string, got: string) => [{ mustHold, got }];

test("letters, digits and hyphens between them are a label, up to 63", () => {
  fc.assert(
    fc.property(label, (text) => {
      expect(isLabel(text)).toEqual([]);
      expect(LABEL.test(text)).toBe(true);
    }),
  );
  expect(isLabel("a".repeat(63))).toEqual([]);
});

test("anything else in a label is refused, wherever it stands", () => {
  fc.assert(fc.property(spoilt, (text) => expect(isLabel(text)).toEqual(refusedWith(NO_LABEL, text))));
});

test.each(["", "-", "-a", "a-", "a".repeat(64), "a\n"])("%j is no label", (text) => {
  expect(isLabel(text)).toEqual(refusedWith(NO_LABEL, text));
});

test("labels with dots between them are a domain, up to 253 characters", () => {
  fc.assert(fc.property(domain, (text) => expect(isDomain(text)).toEqual([])));
  const longest = `${["a", "b", "c"].map((one) => one.repeat(63)).join(".")}.${"d".repeat(61)}`;
  expect(longest).toHaveLength(253);
  expect(isDomain(longest)).toEqual([]);
  expect(isDomain(`${longest}d`)).toEqual(refusedWith(NO_DOMAIN, `${longest}d`));
});

test("a domain with one label that is none is refused", () => {
  fc.assert(
    fc.property(domain, spoilt, fc.boolean(), (good, bad, first) => {
      // A dot makes two labels of one, and neither need be wrong.
      fc.pre(!bad.includes(".") || bad.startsWith(".") || bad.endsWith("."));
      const text = first ? `${bad}.${good}` : `${good}.${bad}`;
      expect(isDomain(text)).toEqual(refusedWith(NO_DOMAIN, text));
    }),
  );
});

test.each([
  "",
  ".",
  "localhost",
  "example.org.",
  ".example.org",
  "example..org",
  "Example.org",
  "example.org\n",
  "https://example.org",
  "*.example.org",
  "_acme.example.org",
  "-example.org",
  "example-.org",
  `${"a".repeat(64)}.org`,
  "203.0.113.7",
])("%j is no domain", (text) => {
  expect(isDomain(text)).toEqual(refusedWith(NO_DOMAIN, text));
});

test("a name in letters of another script is written as DNS knows it", () => {
  expect(isDomain("zürich.example.org")).toHaveLength(1);
  expect(isDomain("xn--zrich-kva.example.org")).toEqual([]);
  expect(isDomain("example.xn--p1ai")).toEqual([]);
});

test("names that only Terraform knows are refused: others are made of them at synth", () => {
  const token = Fn.lower("ACME.IO");
  expect(isLabel(token)).toEqual(refusedWith(NO_LABEL, token));
  expect(isDomain(token)).toEqual(refusedWith(NO_DOMAIN, token));
});
