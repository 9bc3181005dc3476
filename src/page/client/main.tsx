/** @jsxImportSource preact */
/// <reference lib="dom" />
import { render } from "preact";
import type { PageData } from "../view.ts";
import { parseData } from "../widgets/polling.ts";
import { WholePage } from "./whole_page.tsx";

const data = parseData<PageData>(document.getElementById("data")!.textContent!);
const root = document.getElementById("page")!;
root.replaceChildren();
render(<WholePage data={data} />, root);
