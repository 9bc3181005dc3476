import assert from "node:assert/strict";
import { pathOf, specOf, visit } from "../../../src/cli/parse/command.ts";
import { helpOf } from "../../../src/cli/commands/help.ts";
import { PAGE_NAMES } from "../../../src/cli/parse/help_layout.ts";
import { PAGES } from "../../../src/cli/commands/help_pages.ts";
import { ENV_VARS } from "../../../src/core/env_vars.ts";
import { fakeContext } from "../../fakes/context.ts";
import { commandOf, wholeProgram, wordsOf } from "../parsed.ts";
import { makeWorld } from "../world.ts";

visit(await wholeProgram(), (command) => {
  const [path, examples] = [pathOf(command), specOf(command)?.examples ?? []];
  if (examples.length === 0) return;
  Deno.test(`examples in the help of ${path || "the program"} are valid command lines`, async () => {
    for (const [line] of examples) {
      const ran = await commandOf(wordsOf(line));
      assert.equal(ran.startsWith(path), true, `${line} runs ${ran}`);
    }
  });
});

Deno.test("help has examples for every visible command", async () => {
  const root = await wholeProgram();
  const without: string[] = [];
  visit(root, (command) => {
    const isShown = command.parent?.createHelp().visibleCommands(command.parent).includes(command) ?? true;
    const runs = command.commands.length === 0 && isShown && command.name() !== "help";
    if (runs && !specOf(command)?.examples?.length) without.push(pathOf(command));
  });
  assert.deepEqual(without, []);
});

async function outputOf(line: string): Promise<string> {
  const { ctx, kedroAzureml } = makeWorld();
  assert.equal(await kedroAzureml(line), 0);
  return ctx.stdout();
}

Deno.test("help COMMAND prints the same as COMMAND --help", async () => {
  assert.equal(await outputOf("help job show"), await outputOf("job show --help"));
  assert.equal(await outputOf("help run"), await outputOf("submit --help"));
  assert.equal(await outputOf("help logs"), await outputOf("job logs --help"));
  assert.match(await outputOf("submit --help"), /Examples:\n {2}# .+\n {2}kedro-azureml submit main --wait/);
});

for (
  const [code, says] of [
    ["Code.Large", /^code\.large\n {2}The code is larger .*\n {2}\.amlignore\.\n/],
    ["dataset.no_type", /\n {2}error: the plugin refuses the wrapped dataset\n/],
    ["params.missing", /\n\n {2}`params:split\.test_size` is [^]*:\n\n {6}split:\n {8}test_size: 0\.2\n$/],
    ["AADSTS50076", /what it means: the tenant requires multi-factor .*\n[^]*what to do: Run `az login`/],
    ["auth.aadsts999", /explains it at https:\/\/login\.microsoftonline\.com\/error\?code=999$/m],
    ["usage.unknown_command", /The command line is invalid/],
  ] as const
) {
  Deno.test(`help says what ${code} means`, async () => assert.match(await outputOf(`help ${code}`), says));
}

for (
  const [word, hint] of [
    ["status", /Did you mean .*`kedro-azureml help auth status`/],
    ["deploy", /Did you mean `kedro-azureml help ci`\?/],
    ["skip some nodes", /Run `kedro-azureml help`, which lists/],
    ["list", /Did you mean `kedro-azureml help schedule list`/],
    ["statsu", /Run `kedro-azureml help`, which lists/],
  ] as const
) {
  Deno.test(`help ${word} names what is about it`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    assert.equal(await kedroAzureml(`help ${word}`), 2);
    assert.match(ctx.stderr(), hint);
  });
}

Deno.test("version prints the same as --version", async () => {
  assert.equal(await outputOf("version"), await outputOf("--version"));
});

Deno.test("help explains every code in docs/errors.md and every environment variable", async () => {
  const codes = [...PAGES.errors!.matchAll(/^\| `([^`]+)`/gm)].map(([, code]) => code!);
  const { ctx } = makeWorld();
  const program = await wholeProgram();
  for (const name of [...codes, ...Object.keys(ENV_VARS)]) await helpOf(ctx, program, [name]);
});

Deno.test("help prints every page of docs/ for users", async () => {
  const files = [...Deno.readDirSync("docs")].map(({ name }) => name).filter((name) => name.endsWith(".md"));
  const pages = files.map((name) => name.replace(".md", ""));
  assert.deepEqual([...PAGE_NAMES].sort(), pages.sort());
  assert.deepEqual(Object.keys(PAGES).sort(), [...PAGE_NAMES].sort());
  for (const name of PAGE_NAMES) {
    const text = await outputOf(`help ${name}`);
    assert.match(text, /^# \S/);
    assert.doesNotMatch(text, /\]\(|```/, name);
  }
  assert.match(await outputOf("help first-run"), /`kedro-azureml help troubleshooting`/);
});

for (
  const [topic, about, entry] of [
    [
      "variables",
      "Environment variables that kedro-azureml reads.",
      "AZURE_TENANT_ID Tenant of the service principal or federated identity",
    ],
    [
      "credentials",
      "Credentials, in the order they are tried. Use --credential NAME to try only one.",
      "azure-cli sign-in with az login azure-powershell sign-in with Connect-AzAccount",
    ],
    [
      "azureml.yml",
      "Keys of azureml.yml. A top-level key in a Kedro environment replaces the one in base, unless settings.py sets merge_strategy.",
      "workspace Azure ML workspaces by name; __default__ is required (mapping; required)",
    ],
    ["exit-codes", "Exit codes, for scripts and CI.", "0 Success."],
  ] as const
) {
  Deno.test(`help ${topic} explains each entry in plain text`, async () => {
    const text = (await outputOf(`help ${topic}`)).replaceAll(/\s+/g, " ");
    assert.ok(text.startsWith(`${about} `), text.slice(0, 200));
    assert.ok(text.includes(` ${entry} `), text);
    if (topic !== "exit-codes") assert.doesNotMatch(text, /`/);
  });
}

for (
  const [words, ...says] of [
    ["jobs.schedule", /^ +jobs\.<name>\.schedule\.cron\.expression\n/m, /schedule: # daily[^]*cron: \{/],
    ["azureml.yml compute", /^ +compute\.<name or tag>\.cluster_name\n/m, /gpu: \{ cluster_name/],
    ["gpu", /gpu: \{ cluster_name/],
    ["datastore", /--path azureml:\/\/datastores/],
    ["catalog", /az ml data create/],
    ["daily", /cron: \{ expression/],
    ["proxies", /^ +HTTPS_PROXY {2}[^]*^## Proxies and private/m],
    ["HTTPS_PROXY", /^ +HTTPS_PROXY {2}[^]*^## Proxies and private/m],
    ["secrets", /^ +AZURE_CLIENT_SECRET {2}[^]*^`code\.secret`/m],
    ["namespace", /pipeline\.node_namespaces\n/],
    ["environment variables", /^Environment variables that[^]*^ +NO_COLOR\b/m],
    ["outputs", /pipeline\.to_outputs\n[^]*^`dataset\.local_between_steps`, `dataset\.output_lost`/m],
    ["docker", /docker build/],
    ["group-by", /^ +--group-by <mode> [^]*\(validate, [^]*^## Several nodes in one step/m],
    ["serverless", /^ +compute\.<name or tag>\.cluster_name\n/m],
  ] as const
) {
  Deno.test(`help ${words} prints keys, variables and a section about it`, async () => {
    const text = await outputOf(`help ${words}`);
    for (const each of says) assert.match(text, each);
  });
}

/** Returns the help of every command at a width, by the command's path. */
async function helpAt(columns: number): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  visit(await wholeProgram(fakeContext({ columns })), (command) => {
    let text = "";
    command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp();
    texts.set(pathOf(command), text);
  });
  return texts;
}

for (const columns of [60, 80, 120]) {
  Deno.test(`--help of each command fits ${columns} columns`, async () => {
    for (const [path, text] of await helpAt(columns)) {
      // Usage lines and examples are command lines, which are not wrapped.
      const lines = text.split("\nExamples:\n")[0]!.split("\n").filter((line) => !line.startsWith("Usage:"));
      assert.deepEqual(lines.filter((line) => line.length > columns), [], path);
    }
  });
}

Deno.test("help COMMAND --all lists all options", async () => {
  const [usual, all] = [await outputOf("help submit"), await outputOf("help submit --all")];
  for (const option of ["--no-cache", "--on-job-scheduled", "-j, --job", "--wait-for-completion"]) {
    assert.ok(!usual.includes(option) && all.includes(option), option);
  }
  assert.match(await outputOf("help --all"), /--cloud-file/);
  assert.equal(await outputOf("submit --help --all"), all);
  assert.doesNotMatch(all, /more options/);
});

for (const line of ["submit", "setup", "rehearse", "job logs"]) {
  Deno.test(`help ${line} fits two screens`, async () => {
    assert.ok((await outputOf(`help ${line}`)).trimEnd().split("\n").length <= 2 * 24);
  });
}

Deno.test("help topics are 60 columns wide on a narrower terminal", async () => {
  const [narrow, usual, wide] = await Promise.all(
    [40, 60, 80].map((columns) => helpOn(columns, "exit-codes")),
  );
  assert.deepEqual(narrow, usual);
  assert.notDeepEqual(usual, wide);
});

/** What `help` prints on a terminal of this width. */
async function helpOn(columns: number, ...topic: readonly string[]) {
  const ctx = fakeContext();
  const terminal = { ...ctx.terminal, columns, outColumns: columns };
  const root = await wholeProgram(ctx);
  return await helpOf({ terminal }, root, topic);
}

Deno.test("help suggests topics, pages and commands for a misspelled word", async () => {
  for (
    const [typed, meant] of [
      ["credentails", "credentials"],
      ["recpies", "recipes"],
      ["sumbit", "submit"],
      ["authent", "authentication"],
    ]
  ) {
    await assert.rejects(helpOn(80, typed!), {
      code: "usage.no_help",
      message: `No help for "${typed}"`,
      hint: `Did you mean \`kedro-azureml help ${meant}\`?`,
    });
  }
});
