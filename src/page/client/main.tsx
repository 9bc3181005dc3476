/** @jsxImportSource preact */
/// <reference lib="dom" />
import { render } from "preact";
import type { PageData } from "../view.ts";
import { WholePage } from "./page.tsx";

const data = JSON.parse(document.getElementById("data")!.textContent!) as PageData;
const root = document.getElementById("page")!;
root.replaceChildren();
render(<WholePage data={data} />, root);
