import script from "../../.cache/page/client.js" with { type: "text" };
import base from "./style/base.css" with { type: "text" };
import graph from "./style/graph.css" with { type: "text" };
import head from "./style/head.css" with { type: "text" };
import lists from "./style/lists.css" with { type: "text" };
import narrow from "./style/narrow.css" with { type: "text" };
import panel from "./style/panel.css" with { type: "text" };
import texts from "./style/texts.css" with { type: "text" };
import views from "./style/views.css" with { type: "text" };
import { type PageAssets, writePage, type WrittenPage } from "./html.ts";
import type { PageData } from "./view.ts";

/** Style sheets in cascade order; the rules for narrow screens come last. */
const STYLES = [base, head, views, graph, lists, panel, texts, narrow];

/** The page's own code, as `scripts/build/page_client.ts` bundled it, and its style. */
export const PAGE_ASSETS: PageAssets = { script, style: STYLES.join("\n") };

/** Renders the page with its own code and style. */
export function writeWithAssets(data: PageData): WrittenPage {
  return writePage(data, PAGE_ASSETS);
}
