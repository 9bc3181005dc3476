import { deepEqual, equal } from "node:assert/strict";
import { failureView, maskedJson, maskedPair, maskedText } from "../../src/page/mask.ts";

Deno.test("values of secret names are masked, whatever they look like", () => {
  deepEqual(maskedPair("API_TOKEN", "hush"), ["API_TOKEN", "***"]);
  deepEqual(maskedPair("REGION", "eu"), ["REGION", "eu"]);
  deepEqual(maskedPair("LIMIT", 3), ["LIMIT", "3"]);
});

Deno.test("commands show their parameters, but not the secret ones", () => {
  equal(
    maskedText(
      `kedro run --params='{"rate": 0.1, "api_key": "hush", "n": {"db_password": "x y"}}' token=abc`,
    ),
    `kedro run --params='{"rate": 0.1, "api_key": ***, "n": {"db_password": ***}}' token=***`,
  );
  equal(maskedText("curl -H 'Authorization: Bearer abcdefghijkl'").includes("abcdefghijkl"), false);
  equal(maskedText("https://x.blob/c?sv=1&sig=abc%2B&se=2"), "https://x.blob/c?sv=1&sig=***&se=2");
});

Deno.test("a text of any shape is masked in time that grows with its length", () => {
  for (
    const text of [
      "a".repeat(1e6),
      "a ".repeat(5e5),
      `a${" ".repeat(1e6)}`,
      "a='".repeat(3e5),
      "token=".repeat(2e5),
    ]
  ) {
    maskedText(text);
  }
});

Deno.test("bodies are masked at any depth, and otherwise stay the same", () => {
  const body = {
    tags: { owner: "ada", secret_key: "hush" },
    list: [{ password: 12, isSecret: true, url: "https://u:p@host/" }],
    tokens: { kept: 1 },
  };
  deepEqual(maskedJson(body), {
    tags: { owner: "ada", secret_key: "***" },
    list: [{ password: "***", isSecret: true, url: "https://***@host/" }],
    tokens: { kept: 1 },
  });
});

Deno.test("a failure is masked, and absent without a message", () => {
  deepEqual(failureView("no access with password=hush"), { message: "no access with password=***" });
  equal(failureView(undefined, { hint: "x" }), undefined);
});
