import { deepEqual, equal, throws } from "node:assert/strict";
import type { UserError } from "../../../src/core/errors.ts";
import {
  json,
  listOf,
  mapOf,
  oneOf,
  optional,
  orNull,
  record,
  type Shape,
  text,
  wholeNumber,
} from "../../../src/kedro/reader/shape.ts";

const REFUSED: readonly (readonly [shape: Shape<unknown>, value: unknown, message: string])[] = [
  [text, 7, "a is not text"],
  [text, null, "a is not text"],
  [wholeNumber, "1", "a is not a number"],
  [wholeNumber, 1.5, "a is not a number"],
  [wholeNumber, -1, "a is not a number"],
  [wholeNumber, 2 ** 53, "a is not a number"],
  [json, undefined, "a is not an object"],
  [json, { b: [{ c: undefined }] }, "a.b.c is not an object"],
  [listOf(text), { 0: "x" }, "a is not a list"],
  [listOf(text), ["x", 1], "a[1] is not text"],
  [mapOf(text), ["x"], "a is not an object"],
  [mapOf(text), null, "a is not an object"],
  [mapOf(text), { b: 1 }, "a.b is not text"],
  [mapOf(text), JSON.parse('{"__proto__": "x"}'), "a.__proto__ is not a name"],
  [record({ b: text }), { c: "x" }, "a.b is not text"],
  [record({ b: text }), "b", "a is not an object"],
  [orNull(text), undefined, "a is not text"],
  [optional(text), null, "a is not text"],
  [oneOf("x", "y"), "z", "a is not x or y"],
];

for (const [at, [shape, value, message]] of REFUSED.entries()) {
  Deno.test(`a shape rejects ${JSON.stringify(value)} (${at + 1})`, () => {
    throws(() => shape(value, "a"), (thrown: UserError) => {
      equal(thrown.code, "kedro.answer_unreadable");
      equal(thrown.message.slice(-message.length - 2), `: ${message}`);
      return true;
    });
  });
}

const TAKEN: readonly (readonly [shape: Shape<unknown>, value: unknown, result: unknown])[] = [
  [text, "a\x1b[2Jb", "a\ufffd[2Jb"],
  [wholeNumber, 0, 0],
  [wholeNumber, 2 ** 53 - 1, 2 ** 53 - 1],
  [json, { a: [1.5, true, null, "\x1b"] }, { a: [1.5, true, null, "\ufffd"] }],
  [listOf(wholeNumber), [1, 2], [1, 2]],
  [mapOf(text), { "a\x07": "x" }, { "a\ufffd": "x" }],
  [record({ b: text, c: optional(text) }), { b: "x", d: 1 }, { b: "x" }],
  [record({ b: orNull(text) }), { b: null }, { b: null }],
  [oneOf("x", "y"), "y", "y"],
];

for (const [at, [shape, value, result]] of TAKEN.entries()) {
  Deno.test(`a shape takes ${JSON.stringify(value)} (${at + 1})`, () => deepEqual(shape(value, "a"), result));
}

Deno.test("json() takes at most 100 levels", () => {
  const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  equal(JSON.stringify(json(nested(100), "a")).length, 200);
  throws(() => json(nested(101), "a"), { message: /a is not at most 100 levels deep$/ });
});
