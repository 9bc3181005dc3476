import { deepStrictEqual as assertEquals } from "node:assert/strict";
import { linuxProcesses, psProcesses } from "../../src/system/activity.ts";

Deno.test("processes are read from /proc whatever their names", () => {
  const stat = "123 (a) R (b) D 1 77 77 0 -1 4194560 100 200 0 0 31 4 5 2 20 0 1 0 1 2 3\n" +
    "cat: gone\n124 (sh) S 1 77 77 0 -1 4194560 100 200 0 0 1 1 0 0 20 0 1 0 1 2 3\n";
  assertEquals([...linuxProcesses(stat)], [
    { group: 77, state: "D", used: 42 },
    { group: 77, state: "S", used: 2 },
  ]);
});

Deno.test("processes are read from ps, as macOS and Linux write times", () => {
  const lines = "  501 Ss     0:01.25\n   77 R+  1:02:03\n";
  assertEquals([...psProcesses(lines)], [
    { group: 501, state: "Ss", used: 1.25 },
    { group: 77, state: "R+", used: 3723 },
  ]);
});
