import { throws } from "node:assert/strict";
import * as z from "zod";
import { checkBody } from "../../../src/emulator/http/refusal.ts";

const SHAPE = z.strictObject({
  name: z.string(),
  deep: z.strictObject({ count: z.number() }).optional(),
  either: z.union([
    z.strictObject({ kind: z.literal("a"), one: z.string(), two: z.string() }),
    z.strictObject({ kind: z.literal("b"), one: z.string() }),
  ]).optional(),
});

for (
  const [what, body, message] of [
    ["an unknown member", { name: "x", more: 1 }, "Could not find member 'more'. Path 'more'."],
    [
      "an unknown member below another",
      { name: "x", deep: { count: 1, more: 1 } },
      "Could not find member 'more'. Path 'deep.more'.",
    ],
    [
      "a member of another type",
      { name: "x", deep: { count: "1" } },
      "Path 'deep.count': Invalid input: expected number, received string.",
    ],
    [
      "the problem with the second of two shapes if the body is most like it",
      { name: "x", either: { kind: "b", one: "1", more: 1 } },
      "Could not find member 'more'. Path 'either.more'.",
    ],
    [
      "the fewest problems if the body is like neither of two shapes",
      { name: "x", either: { kind: "c", one: 1 } },
      `Path 'either.kind': Invalid input: expected "b". Path 'either.one': Invalid input: expected string, received number.`,
    ],
  ] as const
) {
  Deno.test(`checkBody() names ${what}`, () => {
    throws(() => checkBody(SHAPE, body), { message: `The request is invalid: ${message}` });
  });
}
