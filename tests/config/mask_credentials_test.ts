import { equal } from "node:assert/strict";
import { maskCredentials } from "../../src/config/conf_files.ts";

for (
  const [what, text, masked] of [
    ["returns an empty mapping for an empty file", "", "{}"],
    [
      "replaces all values except null",
      "db: {user: ada, port: 5432, rate: 0.5, ssl: true, none: null}\n",
      {
        db: { user: "masked", port: 0, rate: 0, ssl: false, none: null },
      },
    ],
    ["replaces values in lists and nested mappings", "keys: [hush, {a: '${oc.env:KEY}'}]\n", {
      keys: ["masked", { a: "masked" }],
    }],
    ["writes a number as a key as text", "5: hush\n", { "5": "masked" }],
    ["returns undefined for invalid YAML", "a: {\n", undefined],
  ] as const
) {
  Deno.test(`maskCredentials() ${what}`, () => {
    equal(
      maskCredentials(text, "credentials.yml"),
      typeof masked === "object" ? JSON.stringify(masked) : masked,
    );
  });
}
