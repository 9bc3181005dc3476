import { equal, match } from "node:assert/strict";
import { clockAdvice } from "../../../src/azureml/errors/azure_error.ts";

const NOW = new Date("2026-01-02T12:00:00Z");
const adviceAt = (behindMs: number) =>
  clockAdvice(new Date(NOW.getTime() - behindMs).toUTCString(), NOW)?.problem;

const MINUTE_MS = 60_000;

Deno.test("clockAdvice() says by how much the clock is wrong", () => {
  equal(adviceAt(5 * MINUTE_MS), undefined);
  equal(adviceAt(-5 * MINUTE_MS), undefined);
  for (
    const [minutes, said] of [
      [6, "6 minutes fast"],
      [-6, "6 minutes slow"],
      [119, "119 minutes fast"],
      [120, "2 hours fast"],
      [47 * 60, "47 hours fast"],
      [-48 * 60, "2 days slow"],
    ] as const
  ) match(adviceAt(minutes * MINUTE_MS)!, new RegExp(`^this machine's clock is ${said}, so `));
  match(adviceAt(5 * MINUTE_MS + 1000)!, /5 minutes fast/);
});
