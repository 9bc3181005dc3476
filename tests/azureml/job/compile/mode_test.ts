import { throws } from "node:assert/strict";
import { parseGroupMode } from "../../../../src/azureml/job/compile/group_mode.ts";

const MODES = ["none", "chain", "namespace", "namespace:DEPTH", "tag:PREFIX", "all"];
const ANY = `Use one of ${MODES.join(", ")}`;
const PREFIX = "Use `tag:PREFIX`, such as `tag:stage` for nodes with the tags stage.prepare and stage.train";
const DEPTH = "Use `namespace:DEPTH`, such as `namespace:2`";

const refused: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  "": ["unknown mode", ANY],
  chian: ['unknown mode (did you mean "chain"?)', ANY],
  nome: ['unknown mode (did you mean "none"?)', ANY],
  namespaces: ['unknown mode (did you mean "namespace"?)', ANY],
  "tags:x": ['unknown mode (did you mean "tag"?)', ANY],
  "chain:": ['"chain" takes no argument', "Use `chain`"],
  "all:2": ['"all" takes no argument', "Use `all`"],
  tag: ["the prefix is missing", PREFIX],
  "tag:": ["the prefix is missing", PREFIX],
  ...Object.fromEntries(
    ["namespace:", "namespace:0", "namespace:-1", "namespace:1.5", "namespace:x", "namespace:12345"].map((
      text,
    ) => [text, ["the depth must be a whole number from 1", DEPTH] as const]),
  ),
};

for (const [text, [why, hint]] of Object.entries(refused)) {
  Deno.test(`parseGroupMode() rejects ${text === "" ? "an empty mode" : `mode "${text}"`}`, () => {
    throws(() => parseGroupMode(text), {
      code: "group.mode",
      exit: 2,
      message: `Cannot group nodes by "${text}": ${why}`,
      hint,
      data: { modes: MODES },
    });
  });
}
