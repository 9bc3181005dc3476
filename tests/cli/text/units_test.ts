import { equal } from "node:assert/strict";
import { firstLines, namesText, sizeText } from "../../../src/core/format.ts";
import { agoText, isoText, untilText, utcText, zonedText } from "../../../src/cli/text/render.ts";

const KIB = 1024;

for (
  const [bytes, text] of [
    [0, "0 bytes"],
    [1023, "1023 bytes"],
    [KIB, "1.0 KiB"],
    [100 * KIB, "100 KiB"],
    [2.5 * KIB ** 3, "2.5 GiB"],
  ] as const
) {
  Deno.test(`${bytes} bytes are printed as "${text}"`, () => equal(sizeText(bytes), text));
}

Deno.test("shortened lists end with the number of omitted items", () => {
  equal(namesText(["a", "b"], 2), "a, b");
  equal(namesText(["a", "b", "c"], 2), "a, b and 1 more");
  equal(namesText(["a", "b", "c"], 1, "step"), "a and 2 more steps");
  equal(firstLines(["a", "b"], 2).join(), "a,b");
  equal(firstLines(["a", "b", "c"], 1, "line").join(), "a,and 2 more lines");
});

const NOW = new Date("2026-01-31T12:00:00.000Z");
const [SECOND, MINUTE] = [1000, 60_000];
const [HOUR, DAY] = [60 * MINUTE, 24 * 60 * MINUTE];

for (
  const [ms, text] of [
    [-5 * SECOND, "just now"],
    [MINUTE - 1, "just now"],
    [MINUTE, "1 minute ago"],
    [HOUR, "1 hour ago"],
    [2 * DAY, "2 days ago"],
  ] as const
) {
  Deno.test(`${ms} ms ago is printed as "${text}"`, () =>
    equal(agoText(new Date(NOW.getTime() - ms), NOW), text));
}

for (
  const [ms, text] of [
    [0, "now"],
    [1, "in less than 1 s"],
    [30 * SECOND, "in 1 min"],
    [200 * MINUTE + 29 * SECOND, "in 3 h 20 min"],
    [2 * DAY - MINUTE, "in 1 day 23 h"],
    [2 * DAY, "in 2 days"],
  ] as const
) {
  Deno.test(`${ms} ms from now is printed as "${text}"`, () => {
    const time = Temporal.Instant.fromEpochMilliseconds(NOW.getTime() + ms).toZonedDateTimeISO(
      "Asia/Kathmandu",
    );
    equal(untilText(time, NOW), text);
  });
}

Deno.test("times are printed with their time zone", () => {
  const time = Temporal.ZonedDateTime.from("2026-07-06T09:05:59.9[Europe/Berlin]");
  equal(zonedText(time), "Mon 2026-07-06 09:05 CEST");
  equal(zonedText(time.withTimeZone("UTC")), "Mon 2026-07-06 07:05 UTC");
  equal(isoText(time), "2026-07-06T09:05:59+02:00");
  equal(utcText(new Date(time.epochMilliseconds)), "2026-07-06 07:05 UTC");
  equal(utcText("2026-07-06T23:59:59-02:00"), "2026-07-07 01:59 UTC");
});
