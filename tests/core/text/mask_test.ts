import { deepEqual, equal } from "node:assert/strict";
import { failureView } from "../../../src/page/failure.ts";
import { maskedJson, maskedPair, maskedText } from "../../../src/core/text/mask.ts";
import { requireLinearTime } from "../../fakes/linear_time.ts";

Deno.test("maskedPair() masks the value of a secret name and passwords in URLs", () => {
  deepEqual(maskedPair("API_TOKEN", "hush"), ["API_TOKEN", "***"]);
  deepEqual(maskedPair("REGION", "eu"), ["REGION", "eu"]);
  deepEqual(maskedPair("LIMIT", 3), ["LIMIT", "3"]);
  deepEqual(maskedPair("CATALOG", "https://user:hush@host/"), ["CATALOG", "https://***@host/"]);
});

Deno.test("maskedText() masks secret parameters, bearer tokens and signatures, and keeps other text", () => {
  equal(
    maskedText(
      `kedro run --params='{"rate": 0.1, "api_key": "hush", "n": {"db_password": "x y"}}' token=abc secret=`,
    ),
    `kedro run --params='{"rate": 0.1, "api_key": ***, "n": {"db_password": ***}}' token=*** secret=`,
  );
  equal(maskedText("curl -H 'Authorization: Bearer abcdefghijkl'").includes("abcdefghijkl"), false);
  equal(maskedText("https://x.blob/c?sv=1&sig=abc%2B&se=2"), "https://x.blob/c?sv=1&sig=***&se=2");
});

Deno.test("maskedText() takes linear time for repetitive text", () => {
  const texts = ["a", "a ", " ", "a='", "token="];
  for (const text of texts) {
    requireLinearTime((size) => void maskedText(`a${text.repeat(size / text.length)}`));
  }
});

Deno.test("maskedJson() masks secrets at any depth and keeps other values", () => {
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

Deno.test("failureView() masks the message and returns undefined without one", () => {
  deepEqual(failureView("no access with password=hush"), { message: "no access with password=***" });
  equal(failureView(undefined, { hint: "x" }), undefined);
});
