import { doesNotMatch, ok } from "node:assert/strict";
import { isPageClientFresh } from "../../../scripts/build/page_client.ts";
import { PAGE_ASSETS } from "../../../src/page/html.ts";

Deno.test("page client is up to date with its sources", async () => {
  ok(await isPageClientFresh(), "run `deno run -A scripts/build/page_client.ts`");
});

Deno.test("page client contains no URL of another host", () => {
  const { script, style } = PAGE_ASSETS;
  doesNotMatch(script, /<\/script|<!--/i);
  doesNotMatch(style, /<\/style|@import|url\(/i);
  doesNotMatch(script.replaceAll("http://www.w3.org/", ""), /https?:\/\/[a-z]/i);
});
