import { equal, match, ok } from "node:assert/strict";
import { terminalSvg } from "../../../scripts/docs/terminal_svg.ts";

Deno.test("terminalSvg() draws colored lines and escapes markup", () => {
  const svg = terminalSvg("a < b", ["$ run <x>", "✓ done", 'error: "no" & no']);
  equal(svg.match(/<text x="16"/g)!.length, 3);
  match(svg, /aria-label="a &lt; b"/);
  ok(svg.includes('<tspan fill="#7ee787">$</tspan> run &lt;x>'), svg);
  ok(svg.includes('<tspan fill="#7ee787">✓</tspan> done'), svg);
  ok(svg.includes('<tspan fill="#ff7b72">error:</tspan> &quot;no&quot; &amp; no'), svg);
});

Deno.test("README.md shows docs/terminal.svg, which mentions the emulator", async () => {
  const root = new URL("../../../", import.meta.url);
  ok((await Deno.readTextFile(new URL("README.md", root))).includes("(docs/terminal.svg)"));
  match(
    await Deno.readTextFile(new URL("docs/terminal.svg", root)),
    /local emulator in place of Azure[^]*Completed after/,
  );
});
