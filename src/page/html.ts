import { createHash } from "node:crypto";
import { escaped } from "../core/untrusted.ts";
import type { PageData } from "./view.ts";
import script from "../../.cache/page/client.js" with { type: "text" };
import base from "./style/base.css" with { type: "text" };
import graph from "./style/graph.css" with { type: "text" };
import lists from "./style/lists.css" with { type: "text" };
import narrow from "./style/narrow.css" with { type: "text" };
import panel from "./style/panel.css" with { type: "text" };

/** The page's own code and style. */
interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Style sheets in cascade order; the rules for narrow screens come last. */
const STYLES = [base, graph, lists, panel, narrow];

/** The page's own code, as `scripts/build/page_client.ts` bundled it, and its style. */
export const PAGE_ASSETS: PageAssets = { script, style: STYLES.join("\n") };

export function writePage(
  data: PageData,
  assets: PageAssets = PAGE_ASSETS,
): { html: string; policy: string } {
  const { start, end, policy } = pageParts({ ...data, isProject: data.view.kind === "project" }, assets);
  return { html: start + end(data), policy };
}

/**
 * Renders a page that loads nothing from other hosts: its policy allows only its own script, by hash, and for a live page
 * requests to its own server.
 */
export function pageParts(
  { title, isLive, pollMs = 1000, isProject = false }: Pick<PageData, "title" | "isLive" | "pollMs"> & {
    readonly isProject?: boolean;
  },
  { script, style }: PageAssets = PAGE_ASSETS,
) {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    // HTML that a step logged has its own styles; its frame has the policy of the page.
    "style-src 'unsafe-inline'",
    "img-src data:",
    ...(isLive ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const start = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="kedro-azureml${isProject ? " inspect" : ""}">
<meta http-equiv="Content-Security-Policy" content="${escaped.xml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="poll-ms" content="${pollMs}">
<title>${escaped.xml(title)}</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<div id="page">${
    isLive ? `<header class="top"><h1>${escaped.xml(title)}</h1><p class="dim">Reading…</p></header>` : ""
  }<noscript>This page needs JavaScript to show its data.</noscript></div>
`;
  const end = (data: PageData) =>
    `<script type="application/json" id="data">${escaped.jsonInHtml(JSON.stringify(data))}</script>
<script type="module">${script}</script>
</body>
</html>
`;
  return { start, end, policy };
}

/** The hash of an inline script or style, in the format of a Content Security Policy. */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

const ICON = "data:image/svg+xml," + encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#4f5bd5"/>' +
    '<path d="M5 4.5h6M8 4.5v7M5 11.5h6" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/></svg>',
);
