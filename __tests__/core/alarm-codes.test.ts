import { ALARM_CODES } from "../../lib/core/alarm-codes";

const codes = Object.entries(ALARM_CODES);

test("a code can stand in a metric's dimension, a link and an alarm's name alike", () => {
  // As report.sh passes them on.
  for (const [code] of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
  expect(Math.max(...codes.map(([{ length }]) => length))).toBeLessThanOrEqual(64);
});

test("each says what it means, on one line", () => {
  for (const [, meaning] of codes) expect(meaning).toMatch(/^\S.{10,200}\S$/);
});
