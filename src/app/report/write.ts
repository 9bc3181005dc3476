import { PAGE_ASSETS } from "../../page/assets.ts";
import { writePage, type WrittenPage } from "../../page/html.ts";
import type { PageData } from "../../page/view.ts";

/** Renders the page with its own code and style. */
export function writeWithAssets(data: PageData): WrittenPage {
  return writePage(data, PAGE_ASSETS);
}
