import { makeWorld } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

/** What a user types in a project that was made for another Kedro. */
const cases: readonly { name: string; version: string; line: string; project?: string }[] = [
  { name: "inspect", version: "0.19.9", line: "inspect" },
  { name: "compile", version: "0.19.9", line: "compile -j main -o -" },
  { name: "submit", version: "0.19.9", line: "submit -j main" },
  { name: "submit, as JSON", version: "0.18.14", line: "run -j main --json" },
  { name: "what would be sent", version: "0.18.14", line: "submit -j main --dry-run" },
  { name: "submit all the same", version: "0.19.9", line: "submit -j main --allow-kedro-0" },
  { name: "schedule", version: "0.19.9", line: "schedule -j named_cron", project: "cronflow" },
  { name: "a Kedro that nobody knows yet", version: "2.0.1", line: "inspect" },
  { name: "a Kedro from before pyproject.toml", version: "0.16.6", line: "inspect" },
];

for (const { name, version, line, project = "tiny" } of cases) {
  Deno.test(`transcript of a project of Kedro ${version}: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld({ project });
    const path = `${ctx.cwd}/pyproject.toml`;
    const text = await ctx.fs.readText(path);
    await ctx.fs.writeText(
      path,
      text.replace(/kedro_init_version = .*/, `kedro_init_version = "${version}"`),
    );
    const exit = await kedroAzureml(line);
    const transcript = `$ ${line}\n${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${exit}\n`;
    await assertTranscript(t, transcript, import.meta.url);
  });
}
