import { deepEqual, equal } from "node:assert/strict";
import type { LogPart } from "../../../src/page/view.ts";
import { NO_LOG, withPart as added } from "../../../src/page/widgets/polling.ts";

const part = (text: string, skippedBytes = 0) => ({ files: ["a"], file: "a", text, next: 0, skippedBytes });

/** Adds a part to the log of a step that runs. */
const withPart = (before: typeof NO_LOG, part: LogPart) => added(before, part, false);

Deno.test("followed log appends new text", () => {
  const run = (name: string, status: string) => ({ name, status }) as never;
  const first = withPart(NO_LOG, { ...part("a\n", 7), nodeRuns: [run("x", "Running"), run("y", "Running")] });
  const { text, skippedBytes, nodeRuns } = withPart(first, {
    ...part("b\n"),
    nodeRuns: [run("x", "Completed")],
  });
  deepEqual([text, skippedBytes, nodeRuns], ["a\nb\n", 7, [run("x", "Completed"), run("y", "Running")]]);
});

Deno.test("followed log drops the first lines of a long log", () => {
  const line = "é".repeat(999) + "\n";
  const full = withPart(NO_LOG, part(line.repeat(2000), 5));
  deepEqual([full.text.length, full.skippedBytes], [2_000_000, 5]);
  const more = withPart(full, part("end\n"));
  deepEqual([more.text.length, more.skippedBytes], [1_999_004, 5 + 1999]);
  equal(more.text.slice(0, 1000), line);
  const exact = withPart(full, part(line));
  deepEqual([exact.text.length, exact.skippedBytes], [2_000_000, 5 + 1999]);
});
