import { deepEqual, equal } from "node:assert/strict";
import { markOf, paint } from "../../../src/cli/text/render.ts";

const COLORED: readonly (readonly [line: string, painted: string])[] = [
  ["✓ Workspace ws", "\x1b[32m✓\x1b[0m Workspace ws"],
  ["  created a.yml", "\x1b[32m  created\x1b[0m a.yml"],
  ["submitted main", "\x1b[32msubmitted\x1b[0m main"],
  ["✗ count: Failed", "\x1b[31m✗\x1b[0m count: Failed"],
  ["error: it failed", "\x1b[31merror:\x1b[0m it failed"],
  ["! a finding", "\x1b[33m!\x1b[0m a finding"],
  ["warning: odd", "\x1b[33mwarning:\x1b[0m odd"],
  ["hint: Run `x`", "\x1b[36mhint:\x1b[0m Run `x`"],
  ["· a note", "\x1b[2m·\x1b[0m a note"],
  ["createdness", "createdness"],
  ["an error: in the middle", "an error: in the middle"],
  ["", ""],
];

Deno.test("colored output colors the mark at the start of each line", () => {
  for (const [line, painted] of COLORED) equal(paint(line), painted);
  const [lines, painted] = [0, 1].map((at) => COLORED.map((each) => each[at]).join("\n"));
  equal(paint(lines!), painted);
});

Deno.test("outcomes have the marks ✓, ✗ and ·", () => {
  const marks = (...statuses: readonly string[]) => statuses.map(markOf).join("");
  deepEqual(
    [
      marks("Completed", "ok", "used"),
      marks("Failed", "Canceled", "NotResponding", "failed"),
      marks("warned"),
      marks("skipped", "not_configured"),
      marks("Running", "Queued", "not_tried"),
    ],
    ["✓✓✓", "✗✗✗✗", "!", "··", "   "],
  );
});
