import { deepEqual, equal } from "node:assert/strict";
import { axisMarks, statusText, toneOf, tookText } from "../../../src/page/widgets/status_text.tsx";

Deno.test("durations have at most two units", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 s"],
    [-5, "0 s"],
    [1234, "1.2 s"],
    [9949, "9.9 s"],
    [9950, "10 s"],
    [59_499, "59 s"],
    [59_500, "1 min"],
    [61_000, "1 min 1 s"],
    [3_599_600, "1 h"],
    [3_660_000, "1 h 1 min"],
    [86_400_000, "1 day"],
    [90_000_000, "1 day 1 h"],
    [864_000_000, "10 days"],
  ];
  for (const [ms, text] of cases) equal(tookText(ms), text);
});

Deno.test("unfinished steps look running or queued", () => {
  for (const status of ["Preparing", "Provisioning", "Starting", "Running", "Finalizing"]) {
    equal(toneOf(status), "running", status);
  }
  for (const status of ["NotStarted", "Queued"]) equal(toneOf(status), "queued", status);
});

Deno.test("a status is shown as separate words", () => {
  equal(statusText("CancelRequested"), "Cancel requested");
  equal(statusText(undefined), "Waiting");
});

Deno.test("axis has marks at round intervals", () => {
  deepEqual(axisMarks(12_000, 8), [0, 2000, 4000, 6000, 8000, 10_000, 12_000]);
  deepEqual(axisMarks(0, 8), [0]);
  deepEqual(axisMarks(1000, 0), [0, 1000]);
});
