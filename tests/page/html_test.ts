import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { jsonInHtml, writePage } from "../../src/page/html.ts";
import type { PageData } from "../../src/page/view.ts";

const ASSETS = { script: "start()", style: "p{}" };
const HOSTILE = `</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>&quot;"'\u2028\u2029`;

function page(title: string, isLive = false): PageData {
  return { title, madeAt: 0, program: HOSTILE, isLive, view: { kind: "jobs", jobs: [] } };
}

Deno.test("writePage() escapes data so that it cannot become markup", () => {
  const { html } = writePage(page(HOSTILE), ASSETS);
  equal(html.match(/<script/g)!.length, 2);
  equal(html.match(/<\/script/g)!.length, 2);
  doesNotMatch(html, /<img|<!--/);
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)!;
  deepEqual(JSON.parse(json!), page(HOSTILE));
});

Deno.test("writePage() escapes the title", () => {
  const { html } = writePage(page(`a</title><b>"&`), ASSETS);
  match(html, /<title>a&lt;\/title&gt;&lt;b&gt;&quot;&amp;<\/title>/);
});

Deno.test("writePage() adds an icon that browsers draw: SVG in its namespace", () => {
  const [, icon] = /<link rel="icon" href="data:image\/svg\+xml,([^"]+)"/.exec(
    writePage(page("a"), ASSETS).html,
  )!;
  match(decodeURIComponent(icon!), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>$/);
});

Deno.test("jsonInHtml() escapes characters that are special in HTML", () => {
  const escaped = jsonInHtml({ [HOSTILE]: [HOSTILE] });
  doesNotMatch(escaped, /[<>&\u2028\u2029]/);
  deepEqual(JSON.parse(escaped), { [HOSTILE]: [HOSTILE] });
});

Deno.test("writePage() allows only the page's own script and style", () => {
  const hash = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const { policy, html } = writePage(page("x"), ASSETS);
  equal(
    policy,
    `default-src 'none'; script-src '${hash("start()")}'; style-src '${hash("p{}")}'; img-src data:; ` +
      "base-uri 'none'; form-action 'none'",
  );
  equal(html.includes(`content="${policy}"`), true);
  match(writePage(page("x", true), ASSETS).policy, /; connect-src 'self';/);
});

Deno.test("writePage() contains no URL of another host", () => {
  const { html } = writePage(page("x"), ASSETS);
  deepEqual(html.replaceAll(encodeURIComponent("http://www.w3.org/2000/svg"), "").match(/https?:/g), null);
});
