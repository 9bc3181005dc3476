/**
 * Makes the picture of a terminal in README.md from a real run: `deno run -A scripts/docs/terminal_svg.ts` validates and
 * submits the example to the emulator, and writes what was printed to docs/terminal.svg.
 */
import { paint } from "../../src/cli/text/render.ts";
import { cut } from "../../src/cli/text/render.ts";
import { PROJECT, withEmulator } from "../demo/world.ts";

const COLUMNS = 100;
const LINE_HEIGHT = 18;
const MARGIN = 16;
const BAR = 30;
/** Width of a character of the font, in pixels; `textLength` makes every viewer use it. */
const CHARACTER = 8;

const LINES: readonly (readonly string[])[] = [
  ["validate", "-j", "main"],
  ["submit", "-j", "main", "--wait-for-completion"],
];

/** Colors by the codes that {@linkcode paint} uses. */
const COLORS: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "36": "#79c0ff",
  "2": "#8b949e",
};

/** Draws lines of a terminal, with its colors. */
export function terminalSvg(title: string, lines: readonly string[]): string {
  const width = COLUMNS * CHARACTER + 2 * MARGIN;
  const height = BAR + lines.length * LINE_HEIGHT + 2 * MARGIN;
  const texts = lines.map((line, at) => {
    const y = BAR + MARGIN + Math.round((at + 0.8) * LINE_HEIGHT);
    return `<text x="${MARGIN}" y="${y}" xml:space="preserve">${spans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${
    escape(title)
  }">
<style>text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #e6edf3 }</style>
<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>
<circle cx="20" cy="15" r="5" fill="#ff5f57"/><circle cx="38" cy="15" r="5" fill="#febc2e"/><circle cx="56" cy="15" r="5" fill="#28c840"/>
<text x="${width / 2}" y="20" text-anchor="middle" style="fill: #8b949e">${escape(title)}</text>
${texts.join("\n")}
</svg>
`;
}

function spans(line: string): string {
  if (line.startsWith("$ ")) return `<tspan fill="#7ee787">$</tspan>${escape(line.slice(1))}`;
  // deno-lint-ignore no-control-regex
  return paint(line).split(/(\x1b\[\d+m.*?\x1b\[0m)/).map((part) => {
    // deno-lint-ignore no-control-regex
    const found = /^\x1b\[(\d+)m(.*?)\x1b\[0m$/.exec(part);
    return found === null ? escape(part) : `<tspan fill="${COLORS[found[1]!]}">${escape(found[2]!)}</tspan>`;
  }).join("");
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

/** Runs a command as a person would see it: results and progress in the order they were printed. */
async function printed(child: Deno.ChildProcess): Promise<string> {
  let text = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) text += part;
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  const { code } = await child.status;
  if (code !== 0) throw new Error(`Exit code ${code}:\n${text}`);
  return text;
}

if (import.meta.main) {
  const lines = await withEmulator(async ({ start }) => {
    const all: string[] = [];
    for (const args of LINES) {
      const text = await printed(
        start(["-C", PROJECT, ...args], { stdin: "null", stdout: "piped", stderr: "piped" }),
      );
      all.push(`$ kedro-azureml ${args.join(" ")}`, ...text.trimEnd().split("\n"), "");
    }
    return all.slice(0, -1);
  });
  const svg = terminalSvg(
    "kedro-azureml (local emulator in place of Azure)",
    lines.map((line) => cut(line, COLUMNS)),
  );
  await Deno.writeTextFile(new URL("../../docs/terminal.svg", import.meta.url), svg);
}
