import { match, ok, throws } from "node:assert/strict";
import { withoutCodeOfText } from "../../../scripts/build/without_code_of_text.ts";

const SANDBOX = new URL("../../../.cache/kedro/sandbox.js", import.meta.url);

Deno.test("reader process code contains no eval, import or Worker call", async () => {
  const text = await Deno.readTextFile(SANDBOX);
  match(text, /^function refuseCode\(\)\{throw /);
  const found = text.match(/(?<![\w$.])(?:eval|import|require|importScripts|Function|Worker)\(/g);
  ok(found === null, String(found));
});

Deno.test("the build rejects unknown ways to run text as code", () => {
  throws(() => withoutCodeOfText("eval(x)"), /in other ways/);
  throws(() => withoutCodeOfText("new Function(x)"), /"new Function":1/);
});
