import type { Latency } from "./azure.ts";
import type { SubmitRow } from "./lines.ts";
import { ratio, seconds, table } from "./tables.ts";

/** The section "Submit" of docs/benchmarks.md, with its heading. */
export function submitSection(rows: readonly SubmitRow[]): string {
  return `## Submit

"first" finds nothing of the project in Azure ML and uploads its code; "again" submits the same project once more. Rounds
are answers that had to be waited for one after the other, those for signing in included.

${tables(rows)}

`;
}

/** The section about the service times of Azure, with its heading. */
export function azureSection(rows: readonly SubmitRow[]): string {
  return `## Submit at Azure's speed

The same with an emulator that answers as slowly as recorded live Azure ML did and limits requests as it does
(\`emulator --latency azure --limits azure\`). [Some of this is assumed](differences.md#not-verified-on-live-azure), and the
network adds its own time to each round.

${tables(rows)}

`;
}

function tables(rows: readonly SubmitRow[]): string {
  const times = table(
    ["project", "latency", "first", "again", "plugin", "plugin / first", "plugin / again"],
    rows.map((row) => [
      row.what,
      named(row.latency),
      seconds(row.ours),
      seconds(row.again),
      seconds(row.plugin),
      ratio(row.plugin, row.ours),
      ratio(row.plugin, row.again),
    ]),
  );
  return `${times}\n\n${table(["project", "", "requests", "rounds", "bytes sent"], traffic(rows))}`;
}

function named(latency: Latency): string {
  return latency === "azure" ? "Azure's" : `${latency} ms`;
}

/** What was sent for each project, at its last latency. */
function traffic(rows: readonly SubmitRow[]): string[][] {
  const last = new Map(rows.map((row) => [row.nodes, row]));
  return [...last.values()].flatMap(({ what, traffic }) =>
    (["ours", "again", "plugin"] as const).flatMap((who) => {
      const seen = traffic[who];
      if (seen === undefined) return [];
      const name = who === "ours" ? "first" : who;
      return [[what, name, `${seen.requests}`, `${seen.rounds}`, `${seen.sentBytes}`]];
    })
  );
}
