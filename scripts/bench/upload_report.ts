import { mebibytes, ratio, seconds, table } from "./tables.ts";
import type { Uploaded, UploadResult } from "./upload.ts";

/** The section "Upload" of docs/benchmarks.md, with its heading. */
export function uploadSection(result: UploadResult): string {
  return `## Upload\n\n${"missing" in result ? `Not measured: ${result.missing}.` : words(result)}\n\n`;
}

function words(
  { files, bytes, turns, ours, plugin, ratios, more }: Exclude<UploadResult, { missing: string }>,
) {
  const row = (name: string, sizeBytes: number, one: Uploaded) => [
    name,
    megabytes(sizeBytes),
    seconds(one.uploadMs),
    `${(sizeBytes / 1000 / one.uploadMs).toFixed(0)} MB/s`,
    seconds(one.commandMs),
    mebibytes(one.peakBytes),
  ];
  return `A project with ${files} random files of ${megabytes(bytes)} in total (most of some kB, 20 of ${
    megabytes(bytes / 105)
  }, 3 of ${
    megabytes(bytes / 7)
  }) is submitted, and its code goes to a new container of the same Azurite over HTTPS. "upload"
is the time from Azure ML giving the container to the registration of the code, as Azure ML sees it; "command" is the
whole command, without reading the project with the embedded Kedro. A first turn, after which the content of every file is
compared, is not counted; after each other turn, names and sizes are. Times are medians of ${turns} turns, and memory is the
high water of the process that uploads, the most of them; of this program's, ${
    mebibytes(ours.fileBytes)
  } are pages of
the executable, which the system reads again when it needs their memory. The programs run one after the other; other
work on the machine makes turns differ. Azurite does its work in one thread, which limits every client.

${
    table(["", "bytes", "upload", "speed", "command", "memory"], [
      row("this program", bytes, ours),
      ...plugin === undefined ? [] : [row("plugin (azure-ai-ml)", bytes, plugin)],
      ...more === undefined ? [] : [row("this program, one turn", more.bytes, more.ours)],
    ])
  }

${
    plugin === undefined
      ? "The plugin was not compared."
      : `plugin / this program: upload ${ratio(plugin.uploadMs, ours.uploadMs)} (in turns: ${
        ratios.map((one) => `${one.toFixed(2)}×`).join(", ")
      }), command ${ratio(plugin.commandMs, ours.commandMs)}.`
  }`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** Puts a section into the page that an earlier run wrote, in place of the old one with its heading. */
export function withSection(page: string, section: string): string {
  const heading = section.slice(0, section.indexOf("\n") + 1);
  const start = page.indexOf(heading);
  if (start < 0) return page.replace("## Memory\n", () => `${section}## Memory\n`);
  const next = page.indexOf("\n## ", start);
  return `${page.slice(0, start)}${section}${next < 0 ? "" : page.slice(next + 1)}`;
}
