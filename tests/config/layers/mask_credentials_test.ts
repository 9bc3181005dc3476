import { equal } from "node:assert/strict";
import { maskCredentials } from "../../../src/config/layers/mask_credentials.ts";

for (
  const [text, masked] of [
    ["", "{}"],
    ["db: {user: ada, port: 5432, rate: 0.5, ssl: true, none: null}\n", {
      db: { user: "masked", port: 0, rate: 0, ssl: false, none: null },
    }],
    ["keys: [hush, {a: '${oc.env:KEY}'}]\n", { keys: ["masked", { a: "masked" }] }],
    ["5: hush\n", { "5": "masked" }],
    ["a: {\n", undefined],
  ] as const
) {
  Deno.test(`maskCredentials() keeps only the structure of ${JSON.stringify(text)}`, () => {
    equal(
      maskCredentials(text, "credentials.yml"),
      typeof masked === "object" ? JSON.stringify(masked) : masked,
    );
  });
}
