import { throws } from "node:assert/strict";
import { parseGroupMode } from "../../src/core/group_mode.ts";

const MODES = ["none", "chain", "namespace", "namespace:DEPTH", "tag:PREFIX", "all"];
const ANY = `Use one of ${MODES.join(", ")}`;
const PREFIX = "Use `tag:PREFIX`, such as `tag:stage` for nodes with the tags stage.prepare and stage.train";
const DEPTH = "Use `namespace:DEPTH`, such as `namespace:2`";

const refused: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  chian: ['unknown mode (did you mean "chain"?)', ANY],
  "all:2": ['"all" takes no argument', "Use `all`"],
  "tag:": ["the prefix is missing", PREFIX],
  "namespace:0": ["the depth must be a whole number from 1", DEPTH],
};

for (const [text, [why, hint]] of Object.entries(refused)) {
  Deno.test(`parseGroupMode() rejects mode "${text}"`, () => {
    throws(() => parseGroupMode(text), {
      code: "group.mode",
      exit: 2,
      message: `Cannot group nodes by "${text}": ${why}`,
      hint,
      data: { modes: MODES },
    });
  });
}
