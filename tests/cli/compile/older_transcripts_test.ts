import { makeWorld } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

/** Command lines in a project for another Kedro version. */
const cases: readonly { name: string; version: string; line: string; project?: string }[] = [
  { name: "inspect reads a project", version: "0.19.9", line: "inspect" },
  { name: "compile warns about a project", version: "0.19.9", line: "compile -j main -o -" },
  { name: "submit rejects a project", version: "0.19.9", line: "submit -j main" },
  { name: "run --json rejects a project", version: "0.18.14", line: "run -j main --json" },
  { name: "submit --dry-run warns about a project", version: "0.18.14", line: "submit -j main --dry-run" },
  { name: "submit --allow-kedro-0 sends a job", version: "0.19.9", line: "submit -j main --allow-kedro-0" },
  { name: "schedule fails", version: "0.19.9", line: "schedule -j named_cron", project: "cronflow" },
  { name: "inspect rejects a project", version: "2.0.1", line: "inspect" },
  { name: "inspect rejects a project", version: "0.17.7", line: "inspect" },
];

for (const { name, version, line, project = "tiny" } of cases) {
  Deno.test(`${name} for Kedro ${version}`, async (t) => {
    const world = makeWorld({ project });
    await world.edit("pyproject.toml", [/kedro_init_version = .*/, `kedro_init_version = "${version}"`]);
    await assertTranscript(t, await transcriptOf(world, [line]), import.meta.url);
  });
}
