import type { CompileRow, MemoryRow, Row, SubmitRow } from "./lines.ts";
import type { Plugin } from "./plugin.ts";
import type { UploadResult } from "./upload.ts";
import { mebibytes, ratio, seconds, table } from "./tables.ts";
import { azureSection, submitSection } from "./submit_report.ts";
import { uploadSection } from "./upload_report.ts";

/** All that was measured. */
export interface Measured {
  readonly plugin: Plugin;
  readonly turns: number;
  readonly start: readonly Row[];
  readonly compile: readonly CompileRow[];
  readonly imports: Row;
  readonly submit: readonly SubmitRow[];
  /** Submits with the service times and limits of Azure. */
  readonly azure: readonly SubmitRow[];
  readonly upload: UploadResult;
  readonly memory: MemoryRow;
}

/** Writes docs/benchmarks.md. */
export function report(measured: Measured): string {
  const { plugin, turns, start, compile, imports, submit, azure, upload, memory } = measured;
  return `# Benchmarks

\`deno task bench\` wrote this page. It creates the projects, runs this program and the Python plugin in turns against
the same local emulator over HTTPS, and takes medians of up to ${turns} turns. Times depend on the machine and its
load, so compare columns, not numbers from different machines.

- Machine: ${Deno.build.target}, ${navigator.hardwareConcurrency} processors
- Plugin: ${"missing" in plugin ? `not compared: ${plugin.missing}` : plugin.versions}
- "first" reads the project with the embedded Kedro; "again" uses the cached result.

## Start

${
    table(
      ["", "this program", "plugin", "ratio"],
      start.map((row) => [
        row.what,
        seconds(row.ours),
        seconds(row.plugin),
        ratio(row.plugin, row.ours),
      ]),
    )
  }

## Compile

${
    table(
      ["project", "first", "again", "plugin", "plugin / first", "plugin / again"],
      compile.map((row) => [
        row.what,
        seconds(row.ours),
        seconds(row.again),
        seconds(row.plugin),
        ratio(row.plugin, row.ours),
        ratio(row.plugin, row.again),
      ]),
    )
  }

${growth(compile)}

${imports.what}: first ${seconds(imports.ours)}, again ${seconds(imports.again)}.

${submitSection(submit)}${azureSection(azure)}${uploadSection(upload)}## Memory

Most memory held at once by the program and the processes it starts, while it compiles ${memory.nodes} nodes: first
${mebibytes(memory.ours?.bytes)} (pages of files, such as of the executable: ${
    mebibytes(memory.ours?.fileBytes)
  }), again ${mebibytes(memory.again?.bytes)} (${mebibytes(memory.again?.fileBytes)}), plugin ${
    mebibytes(memory.plugin?.bytes)
  } (${mebibytes(memory.plugin?.fileBytes)}).

## Where the time goes

${words(measured)}
`;
}

/** How time grows with nodes, as the exponent between neighboring sizes from 200 nodes on. */
function growth(rows: readonly CompileRow[]): string {
  const large = rows.filter(({ nodes }) => nodes >= 200);
  const steps = large.slice(1).map((row, at) => {
    const before = large[at]!;
    const exponent = Math.log(row.ours / before.ours) / Math.log(row.nodes / before.nodes);
    return `n^${exponent.toFixed(2)} from ${before.nodes} to ${row.nodes} nodes`;
  });
  return steps.length === 0 ? "" : `First compile grows as ${steps.join(", ")}.`;
}

/** A profile in words: differences between the measured times say what each part takes. */
function words({ start, compile, submit }: Measured): string {
  const version = start.find(({ what }) => what.includes("--version"))!.ours;
  const lines = compile.map((row) =>
    `- \`compile\`, ${row.what}: ${seconds(row.ours)}. Starting takes ${seconds(version)}; loading the ` +
    `configuration, compiling, checking and writing ${
      seconds(row.again - version)
    }; reading the project with ` +
    `the embedded Kedro the other ${seconds(row.ours - row.again)}, which the second command saves.`
  );
  const sizes = [...new Set(submit.map(({ nodes }) => nodes))];
  for (const nodes of sizes) {
    const of = submit.filter((row) => row.nodes === nodes);
    const [near, far] = [of[0]!, of.at(-1)!];
    if (near === far) continue;
    lines.push(
      `- \`submit\`, ${far.what}, again, at ${far.latency} ms: ${seconds(far.again)}. ` +
        `${seconds(near.again)} of it is work of its own (as at ${near.latency} ms), the rest waits for ` +
        `${far.traffic.again.rounds} rounds.`,
    );
  }
  return lines.map((line) => wrapped(line)).join("\n");
}

function wrapped(line: string): string {
  const out: string[] = [""];
  for (const word of line.split(" ")) {
    const last = out.at(-1)!;
    if (last.length + word.length > 110) out.push(`  ${word}`);
    else out[out.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return out.join("\n");
}
