import { deepEqual, equal, throws } from "node:assert/strict";
import type { UserError } from "../../src/core/errors.ts";
import {
  json,
  listOf,
  mapOf,
  oneOf,
  optional,
  record,
  type Shape,
  text,
  wholeNumber,
} from "../../src/kedro/shape.ts";

const REFUSED: readonly (readonly [what: string, shape: Shape<unknown>, value: unknown, message: string])[] =
  [
    ["text() rejects a number", text, 7, "a is not text"],
    ["wholeNumber() rejects a fraction", wholeNumber, 1.5, "a is not a number"],
    ["wholeNumber() rejects 2 ** 53", wholeNumber, 2 ** 53, "a is not a number"],
    ["json() rejects a nested undefined", json, { b: [{ c: undefined }] }, "a.b.c is not an object"],
    ["listOf() rejects an item of another type", listOf(text), ["x", 1], "a[1] is not text"],
    ["mapOf() rejects a list", mapOf(text), ["x"], "a is not an object"],
    ["mapOf() rejects a value of another type", mapOf(text), { b: 1 }, "a.b is not text"],
    [
      "record() rejects an object without a required field",
      record({ b: text }),
      { c: "x" },
      "a.b is not text",
    ],
    ["oneOf() rejects another value", oneOf("x", "y"), "z", "a is not x or y"],
  ];

for (const [what, shape, value, message] of REFUSED) {
  Deno.test(what, () => {
    throws(() => shape(value, "a"), (thrown: UserError) => {
      equal(thrown.code, "kedro.answer_unreadable");
      equal(thrown.message.slice(-message.length - 2), `: ${message}`);
      return true;
    });
  });
}

const TAKEN: readonly (readonly [what: string, shape: Shape<unknown>, value: unknown, result: unknown])[] = [
  ["text() keeps control characters", text, "::a\x1b[2Jb", "::a\x1b[2Jb"],
  ["wholeNumber() accepts 2 ** 53 - 1", wholeNumber, 2 ** 53 - 1, 2 ** 53 - 1],
  ["json() accepts any JSON", json, { a: [1.5, true, null, "\x1b"] }, { a: [1.5, true, null, "\x1b"] }],
  ["mapOf() accepts any key", mapOf(text), JSON.parse('{"__proto__":"x"}'), JSON.parse('{"__proto__":"x"}')],
  [
    "record() drops unknown fields",
    record({ b: text, c: optional(text) }),
    { b: "x", d: 1 },
    { b: "x" },
  ],
];

for (const [what, shape, value, result] of TAKEN) {
  Deno.test(what, () => deepEqual(shape(value, "a"), result));
}

Deno.test("json() rejects more than 100 nested lists", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
    const nested = (levels: number) => JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`);
    deepEqual(json(nested(100), "a"), nested(100));
    throws(() => json(nested(101), "a"), { code: "kedro.answer_unreadable" });
  }
});
