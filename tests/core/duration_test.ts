import { deepEqual, equal } from "node:assert/strict";
import { durationText, readDuration } from "../../src/core/format.ts";

Deno.test("readDuration() returns undefined for invalid text", () => {
  for (const text of ["", "soon", "5 weeks", "5 mon", "1h 2x", "1h30", "-5", "5s!", "h"]) {
    equal(readDuration(text), undefined, text);
  }
});

Deno.test("readDuration() accepts units from ms to d", () => {
  const texts = ["7ms", "7s", "7sec", "7m", "7min", "7h", "7d", "1d 2h 3min 4s 5ms", "0.5", "1.5 s"];
  deepEqual(texts.map(readDuration), [
    7,
    7000,
    7000,
    420_000,
    420_000,
    25_200_000,
    604_800_000,
    93_784_005,
    500,
    1500,
  ]);
});

Deno.test("durationText() writes at most two units", () => {
  const durations = [
    0,
    499,
    500,
    59_499,
    59_500,
    60_000,
    61_000,
    3_600_000,
    3_661_000,
    3_603_000,
    90_000_000,
  ];
  deepEqual(durations.map(durationText), [
    "less than 1 s",
    "less than 1 s",
    "1 s",
    "59 s",
    "1 min",
    "1 min",
    "1 min 1 s",
    "1 h",
    "1 h 1 min",
    "1 h 3 s",
    "1 day 1 h",
  ]);
});
