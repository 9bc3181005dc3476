import { equal } from "node:assert/strict";
import { durationText, readDuration } from "../../../src/core/text/duration.ts";

Deno.test("readDuration() reads numbers with and without units", () => {
  const read = { "90": 90_000, "90s": 90_000, "1h30m": 5_400_000, "2h": 7_200_000, "1.5h": 5_400_000 };
  for (const [text, ms] of Object.entries(read)) equal(readDuration(text), ms, text);
  equal(readDuration("1 h 30 min"), 5_400_000);
  equal(readDuration("300ms"), 300);
});

Deno.test("readDuration() returns undefined for other text", () => {
  for (const text of ["", "soon", "5 weeks", "1h30", "-5", "5s!", "h"]) {
    equal(readDuration(text), undefined, text);
  }
});

Deno.test("durationText() writes a duration that readDuration() reads back", () => {
  for (const ms of [1000, 90_000, 5_400_000, 7_200_000]) equal(readDuration(durationText(ms)), ms);
  equal(durationText(5_400_000), "1 h 30 min");
});
