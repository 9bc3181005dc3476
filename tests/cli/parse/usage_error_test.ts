import { equal, match } from "node:assert/strict";
import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { makeWorld } from "../world.ts";

/** Command lines of Kedro and the plugin, and the answer. */
const LINES: readonly (readonly [line: string, hint: RegExp])[] = [
  [
    "submit main --is-async",
    /hint: Omit it: steps load and save in their own containers, and run in parallel where the/,
  ],
  ["azureml run", /hint: Omit it: after `kedro-azureml` comes the command, such as `run`/],
  ...["ipython", "new", "starter", "micropkg"].map((word) =>
    [word, new RegExp(`hint: It is a command of Kedro: \`kedro ${word}\``)] as const
  ),
  ...Object.entries({
    schedules: "schedule list",
    pipeline: "inspect",
    pipelines: "inspect",
    registry: "inspect",
    catalog: "inspect",
    compute: "setup",
    "job create": "submit",
    "job delete": "job cancel",
    "job get": "job show",
    "job kill": "job cancel",
    "job run": "submit",
    "job status": "job show",
    "job stream": "job follow",
    list: "job list",
    login: "auth login",
    "logs main": "job logs",
    show: "job show",
    deploy: "submit",
    watch: "job follow",
    status: "job show",
  }).map(([line, meant]) => [line, new RegExp(`hint: Did you mean \`${meant}\`\\?\n`)] as const),
  ["constructor", /^error: Unknown command "constructor"\nhint: Run `kedro-azureml --help`\n/],
  [
    "auth status –json=“x”",
    /^warning: Curly quotes, long dashes or no-break spaces, as documents have them, in "–json=“x”"\n/,
  ],
  ["submit -j", /^error: Option -j, --job <name> needs a value\nhint: Run `kedro-azureml submit --help`\n/],
  ["data push", /^error: Missing required argument </],
  ["auth status x", /^error: Unexpected argument: x\n/],
  ["upgrade", /hint: Use what installed it: `uv tool upgrade kedro-azureml-cli`/],
  ["submit main --runner=ThreadRunner", /hint: Omit it: in Azure ML, the plugin's own runner/],
  ["submit main -r ThreadRunner", /hint: Omit it: in Azure ML, the plugin's own runner/],
  ["rehearse main --async", /hint: Omit it: steps load and save in their own containers/],
  ["submit main --only-missing-outputs", /hint: Omit it: Azure ML reuses results.*--from-failed/],
  ["compile main --conf-source conf", /hint: Omit it: steps read the folder that CONF_SOURCE/],
  ["submit main --config run.yml", /hint: Omit it: write its options on the command line/],
  ["submit main --node clean", /hint: Did you mean `--nodes`\?/],
  ["setup --catalog", /hint: Did you mean `--catalog-only`\?/],
  ["submit main --wait=true", /hint: Did you mean `--wait`\?/],
  ["submit main --aml_env=x", /hint: Did you mean `--aml-env=x`\?/],
  ["kedro run", /hint: Omit it: after `kedro-azureml` comes the command/],
  ["execute --node clean", /hint: Steps run it in Azure ML/],
  ["jupyter lab", /hint: It is a command of Kedro: `kedro jupyter`/],
  [
    "schedule list -j main",
    /^error: Unknown option "-j" for `schedule list`\nhint: Run `kedro-azureml schedule/,
  ],
  ["viz", /hint: Did you mean `inspect --html`\?/],
];

for (const [line, hint] of LINES) {
  Deno.test(`usage error for \`${line}\` says what to do instead`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld();

    equal(await kedroAzureml(line), 2);

    match(ctx.stderr(), hint);
    await assertTranscript(t, ctx.stderr(), import.meta.url);
  });
}
