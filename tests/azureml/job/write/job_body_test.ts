import { deepStrictEqual as assertEquals, equal } from "node:assert/strict";
import { withinLimits } from "../../../../src/azureml/job/write/job_body.ts";

Deno.test("withinLimits() cuts values to 1,000 characters and keeps the first 50 entries", () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`t${at}`, "x".repeat(2000)]));
  const cut = withinLimits(many);
  assertEquals(Object.keys(cut), Object.keys(many).slice(0, 50));
  equal(cut.t0!.length, 1000);
  assertEquals(withinLimits({ a: "b" }), { a: "b" });
});
