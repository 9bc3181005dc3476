import { deepStrictEqual, throws } from "node:assert/strict";
import { parseGroupMode } from "../../../../src/azureml/job/groups/mode.ts";
import type { UserError } from "../../../../src/core/errors.ts";

Deno.test("parseGroupMode() reads each mode", () => {
  const modes = ["none", "chain", "all", "namespace", "namespace:2", "tag:stage", "tag:stage.", "tag:a:b"];
  deepStrictEqual(modes.map(parseGroupMode), [
    { kind: "none" },
    { kind: "chain" },
    { kind: "all" },
    { kind: "namespace", depth: 1 },
    { kind: "namespace", depth: 2 },
    { kind: "tag", prefix: "stage" },
    { kind: "tag", prefix: "stage" },
    { kind: "tag", prefix: "a:b" },
  ]);
});

const refused: Readonly<Record<string, RegExp>> = {
  "": /unknown mode/,
  chian: /did you mean "chain"/,
  "chain:": /takes no argument/,
  "all:2": /takes no argument/,
  tag: /prefix is missing/,
  "tag:": /prefix is missing/,
  "namespace:": /whole number from 1/,
  "namespace:0": /whole number from 1/,
  "namespace:-1": /whole number from 1/,
  "namespace:1.5": /whole number from 1/,
  "namespace:x": /whole number from 1/,
};

for (const [text, message] of Object.entries(refused)) {
  Deno.test(`parseGroupMode() rejects ${text === "" ? "an empty mode" : `mode "${text}"`}`, () => {
    throws(
      () => parseGroupMode(text),
      (error: UserError) => error.code === "group.mode" && message.test(error.message),
    );
  });
}
