import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { escaped } from "../../src/core/untrusted.ts";
import { writePage } from "../../src/page/html.ts";
import type { PageData } from "../../src/page/view.ts";
import { simulatedProject } from "./simulated.ts";

const ASSETS = { script: "start()", style: "p{}" };
const HOSTILE = `</script><script>alert(1)</script><!--<img src=x onerror=alert(2)>&quot;"'\u2028\u2029`;

function page(title: string, isLive = false): PageData {
  return {
    title,
    madeAt: 0,
    program: HOSTILE,
    isLive,
    view: { kind: "jobs", jobs: [], isMore: false },
  };
}

Deno.test("page escapes markup in its data", () => {
  const { html } = writePage(page(HOSTILE), ASSETS);
  equal(html.match(/<script/g)!.length, 2);
  equal(html.match(/<\/script/g)!.length, 2);
  doesNotMatch(html, /<img|<!--/);
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)!;
  deepEqual(JSON.parse(json!), page(HOSTILE));
});

Deno.test("page escapes its title", () => {
  const { html } = writePage(page(`a</title><b>"&`), ASSETS);
  match(html, /<title>a&lt;\/title&gt;&lt;b&gt;&quot;&amp;<\/title>/);
});

Deno.test("JSON in a page has no special characters of HTML", () => {
  const text = escaped.jsonInHtml(JSON.stringify({ [HOSTILE]: [HOSTILE] }));
  doesNotMatch(text, /[<>&\u2028\u2029]/);
  deepEqual(JSON.parse(text), { [HOSTILE]: [HOSTILE] });
});

Deno.test("page allows only its own script and styles", () => {
  const hash = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const { policy, html } = writePage(page("x"), ASSETS);
  equal(
    policy,
    `default-src 'none'; script-src '${hash("start()")}'; style-src 'unsafe-inline'; img-src data:; ` +
      "base-uri 'none'; form-action 'none'",
  );
  equal(html.includes(`content="${policy}"`), true);
  match(writePage(page("x", true), ASSETS).policy, /; connect-src 'self';/);
});

Deno.test("page has a title, language and icon", () => {
  const data: PageData = { ...page("Jobs"), program: "kedro-azureml 0.1.0" };
  const { html, policy } = writePage(data, ASSETS);
  const icon = /(?<=rel="icon" href=")[^"]+/.exec(html)![0];
  equal(
    html.replace(policy, "POLICY").replace(icon, "ICON"),
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="kedro-azureml">
<meta http-equiv="Content-Security-Policy" content="POLICY">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="poll-ms" content="1000">
<title>Jobs</title>
<link rel="icon" href="ICON">
<style>p{}</style>
</head>
<body>
<div id="page"><noscript>This page needs JavaScript to show its data.</noscript></div>
<script type="application/json" id="data">${JSON.stringify(data)}</script>
<script type="module">start()</script>
</body>
</html>
`,
  );
  const { view } = simulatedProject();
  const { html: inspected } = writePage({ ...data, pollMs: 5000, view }, ASSETS);
  match(inspected, /<meta name="generator" content="kedro-azureml inspect">\n/);
  match(inspected, /<meta name="poll-ms" content="5000">\n/);
});

Deno.test("page loads nothing from another host", () => {
  const { html } = writePage(page("x"), ASSETS);
  deepEqual(html.replaceAll(encodeURIComponent("http://www.w3.org/2000/svg"), "").match(/https?:/g), null);
});
