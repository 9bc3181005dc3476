import { equal } from "node:assert/strict";
import { fromPlain, toPlain } from "../../../src/config/omegaconf/node.ts";

Deno.test("fromPlain() reads whole numbers as integers, and raw JSON as it is written", () => {
  const raw = JSON.parse('{"a": 1.0, "b": 12345678901234567890, "c": [1, 1.5, null, "x", true, {"d": -2}]}', (
    _key,
    value,
    context?: { readonly source?: string },
  ) =>
    typeof value === "number"
      ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(context!.source!)
      : value);
  const node = fromPlain(raw, { file: "f" });
  equal(
    JSON.stringify(toPlain(node, { keepFloats: true })),
    '{"a":1.0,"b":12345678901234567890,"c":[1,1.5,null,"x",true,{"d":-2}]}',
  );
  equal(
    JSON.stringify(toPlain(node)),
    '{"a":1,"b":12345678901234567000,"c":[1,1.5,null,"x",true,{"d":-2}]}',
  );
  equal(
    JSON.stringify(toPlain(fromPlain([1, 2.5, undefined], { file: "f" }), { keepFloats: true })),
    "[1,2.5,null]",
  );
});
