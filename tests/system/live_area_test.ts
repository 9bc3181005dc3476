import assert from "node:assert/strict";
import { withPins } from "../../src/system/terminal.ts";

// deno-lint-ignore no-control-regex
const COMMAND_OR_CHARACTER = /\x1b\[[?\d;]*[a-zA-Z]|[^]/gu;

/** Creates a terminal that interprets the output of log-update and returns all visible lines. */
function screen() {
  const lines: string[] = [""];
  let [row, column] = [0, 0];
  return {
    columns: 40,
    rows: 12,
    lines: () => lines.map((line) => line.trimEnd()).join("\n").trimEnd().split("\n"),
    write(text: string) {
      for (const part of text.match(COMMAND_OR_CHARACTER) ?? []) {
        const [, digits, kind] = /^.\[[?]?([\d;]*)([a-zA-Z])$/u.exec(part) ?? [];
        const count = Number(digits || 1);
        if (kind === "A") row = Math.max(0, row - count);
        else if (kind === "B") row += count;
        else if (kind === "G") column = count - 1;
        else if (kind === "J") {
          lines.splice(row + 1, Infinity, ...[]), lines[row] = lines[row]!.slice(0, column);
        } else if (kind === "K") lines[row] = digits === "2" ? "" : lines[row]!.slice(0, column);
        else if (part === "\n") [row, column] = [row + 1, 0];
        else if (part === "\r") column = 0;
        else if (kind === undefined) {
          const before = (lines[row] ?? "").padEnd(column);
          lines[row] = before.slice(0, column) + part + before.slice(column + 1);
          column++;
        }
        while (lines.length <= row) lines.push("");
      }
    },
  };
}

function world() {
  const terminal = screen();
  const writers = { out: terminal.write, err: terminal.write, command: terminal.write };
  return { terminal, ...withPins(writers, { write: terminal.write, size: () => terminal }) };
}

Deno.test("withPins() prints text after lines are unpinned", async () => {
  const { terminal, err, pin } = world();
  await pin("a", () => ["1 of 2"]);
  const gone = pin("a");
  err("done\n");
  await gone;
  assert.deepEqual(terminal.lines(), ["done"]);
});

Deno.test("withPins() prints text above the pinned lines", async () => {
  const { terminal, out, err, pin } = world();
  out("before\n");
  await pin("a", () => ["one", "two"]);
  assert.deepEqual(terminal.lines(), ["before", "one", "two"]);
  err("said\n");
  out("result\n");
  assert.deepEqual(terminal.lines(), ["before", "said", "result", "one", "two"]);
  await pin("a", () => ["one", "TWO", "three"]);
  await pin("b", () => ["other"]);
  assert.deepEqual(terminal.lines(), ["before", "said", "result", "one", "TWO", "three", "other"]);
  await pin("a");
  assert.deepEqual(terminal.lines(), ["before", "said", "result", "other"]);
  await pin("b");
  out("after\n");
  assert.deepEqual(terminal.lines(), ["before", "said", "result", "after"]);
});

Deno.test("withPins() divides the height among areas", async () => {
  const { terminal, pin } = world();
  const sizes: string[] = [];
  await pin("a", ({ columns, rows }) => (sizes.push(`${columns}x${rows}`), ["a"]));
  terminal.columns = 20;
  await pin("b", () => ["b"]);
  assert.deepEqual([sizes[0], sizes.at(-1)], ["40x11", "20x5"]);
  assert.deepEqual(terminal.lines(), ["a", "b"]);
});

for (
  const [what, rowsUp, columns, act] of [
    ["draws", 3, 20, ({ pin }) => pin("a", () => ["new"])],
    ["prints a result", 3, 20, ({ out }) => out("result\n")],
    ["prints a message", 3, 20, ({ err }) => err("message\n")],
    ["draws as wide as before", 0, 50, ({ pin }) => pin("a", () => ["new"])],
    ["draws wider than before", 0, 60, ({ pin }) => pin("a", () => ["new"])],
    ["draws a little narrower", 1, 45, ({ pin }) => pin("a", () => ["new"])],
  ] as const satisfies readonly (readonly [
    ...[what: string, rowsUp: number, columns: number],
    act: (pinned: ReturnType<typeof withPins>) => unknown,
  ])[]
) {
  Deno.test(`withPins() clears ${rowsUp} wrapped rows when it ${what}`, async () => {
    const size = { columns: 50, rows: 12 };
    let written = "";
    const write = (text: string) => void (written += text);
    const pinned = withPins({ out: write, err: write }, { write, size: () => size });
    const cleared = () => /\[(\d+)A.\[J/.exec(written)?.[1];
    await pinned.pin("a", () => ["x".repeat(30), "", "y".repeat(60)]);
    size.columns = columns;
    written = "";
    await act(pinned);
    assert.equal(Number(cleared() ?? 0), rowsUp);
    written = "";
    await pinned.pin("a", () => ["new"]);
    assert.equal(cleared(), undefined, "the width is the same as before");
    await pinned.pin("a");
    size.columns = 2;
    written = "";
    pinned.err("message\n");
    assert.equal(cleared(), undefined, "nothing is drawn that could wrap");
  });
}

Deno.test("withPins() prints CI commands above the pinned lines", async () => {
  const { terminal, command, pin } = world();
  await pin("a", () => ["1 of 2"]);
  command("run it");
  assert.deepEqual(terminal.lines(), ["run it", "1 of 2"]);
});

Deno.test("withPins() gives each area one row", async () => {
  const { terminal, pin } = world();
  terminal.rows = 1;
  let given = 0;
  await pin("a", ({ rows }) => (given = rows, []));
  assert.equal(given, 1);
});
