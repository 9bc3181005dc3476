import assert from "node:assert/strict";
import { examplesOf } from "../../../src/cli/command/declare.ts";
import { PAGE_NAMES } from "../../../src/cli/help/names.ts";
import { PAGES } from "../../../src/cli/help/pages.ts";
import { linkLines } from "../../../src/cli/help/links.ts";
import { TOPICS } from "../../../src/app/help/topics.ts";
import { pathOf, visit } from "../../../src/cli/command/command_tree.ts";
import { createProgram } from "../../../src/cli/program.ts";
import { fakeContext } from "../../fakes/context.ts";
import { parsed, wordsOf } from "../parsed.ts";
import { makeWorld } from "../world.ts";

visit(createProgram(fakeContext(), () => Promise.resolve()), (command) => {
  const [path, examples] = [pathOf(command), examplesOf(command)];
  if (examples.length === 0) return;
  Deno.test(`examples of "${path}" run as they stand`, async () => {
    for (const [line] of examples) {
      const ran = await parsed(wordsOf(line));
      assert.equal(ran.startsWith(path), true, `${line} runs ${ran}`);
    }
  });
});

Deno.test("every command that runs something has an example", () => {
  const root = createProgram(fakeContext(), () => Promise.resolve());
  const without: string[] = [];
  visit(root, (command) => {
    const isShown = command.parent?.createHelp().visibleCommands(command.parent).includes(command) ?? true;
    const runs = command.commands.length === 0 && isShown && command.name() !== "help";
    if (runs && examplesOf(command).length === 0) without.push(pathOf(command));
  });
  assert.deepEqual(without, []);
});

Deno.test("an example that the program would refuse is found", async () => {
  await assert.rejects(parsed(["submit", "--no-such-option"]), /Unknown option/);
});

async function said(line: string): Promise<string> {
  const { ctx, kedroAzureml } = makeWorld();
  assert.equal(await kedroAzureml(line), 0);
  return ctx.stdout();
}

Deno.test("help of a command is what its --help prints, by an alias too", async () => {
  assert.equal(await said("help job show"), await said("job show --help"));
  assert.equal(await said("help run"), await said("submit --help"));
  assert.match(await said("submit --help"), /Examples:\n {2}# .+\n {2}kedro-azureml submit main\n/);
});

Deno.test("every topic is printed, and every command is in the manual page", async () => {
  for (const name of Object.keys(TOPICS)) {
    assert.match(await said(`help ${name}`), /^(?:.+\n)+\n {2}\S+ {2,}\S/);
  }
  const page = await said("help man");
  for (
    const name of ["submit, run", "job follow", "config show", "KEDRO_ENV", "jobs.<name>.limits.timeout"]
  ) {
    assert.ok(page.includes(name.replaceAll("-", "\\-")), name);
  }
  assert.doesNotMatch(page, /^[.'](?!TH|SH|SS|TP|B )/m);
});

Deno.test("every page of docs/ is printed by help, and links name the command that prints the other page", async () => {
  const files = [...Deno.readDirSync("docs")].map(({ name }) => name).filter((name) => name.endsWith(".md"));
  assert.deepEqual([...PAGE_NAMES].sort(), files.map((name) => name.replace(".md", "")).sort());
  assert.deepEqual(Object.keys(PAGES).sort(), [...PAGE_NAMES].sort());
  for (const name of PAGE_NAMES) {
    const text = await said(`help ${name}`);
    assert.match(text, /^# \S/);
    assert.doesNotMatch(text, /\]\(|```/, name);
  }
  assert.match(await said("help first-run"), /`kedro-azureml help troubleshooting`/);
});

Deno.test("help that there is not is refused with what is near", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  assert.equal(await kedroAzureml("help exit-code"), 2);
  assert.match(ctx.stderr(), /No help for "exit-code" \(did you mean "exit-codes"\?\)/);
});

Deno.test("help environment names the variables that the executable's launcher reads", async () => {
  const text = await said("help environment");
  const launcher = await Deno.readTextFile(new URL("../../../scripts/build/unpacking.sh", import.meta.url));
  const names = new Set([...launcher.matchAll(/\$\{?(XDG_\w+)/g)].map(([, name]) => name!));
  assert.deepEqual([...names], ["XDG_CACHE_HOME"]);
  for (const name of names) assert.ok(text.includes(name), name);
});

Deno.test("help azureml.yml gives the default of display_name that jobs really have", async () => {
  assert.match(
    (await said("help azureml.yml")).replaceAll(/\s+/g, " "),
    /Name that Azure ML studio shows \(string; default: pipeline name\)/,
  );
  const { ctx, kedroAzureml } = makeWorld();
  assert.equal(await kedroAzureml("compile -j bare --format rest -o -"), 0, ctx.stderr());
  assert.equal(JSON.parse(ctx.stdout()).body.properties.displayName, "__default__");
});

/** The help of every command at a width, by the command's path. */
function helpAt(columns: number): Map<string, string> {
  const texts = new Map<string, string>();
  visit(createProgram(fakeContext({ columns }), () => Promise.resolve()), (command) => {
    let text = "";
    command.configureOutput({ writeOut: (part) => void (text += part) }).outputHelp();
    texts.set(pathOf(command), text);
  });
  return texts;
}

for (const columns of [60, 80, 120]) {
  Deno.test(`help fits ${columns} columns`, () => {
    for (const [path, text] of helpAt(columns)) {
      // A usage line and an example are command lines, which stay on one line.
      const lines = text.split("\nExamples:\n")[0]!.split("\n").filter((line) => !line.startsWith("Usage:"));
      assert.deepEqual(lines.filter((line) => line.length > columns), [], path);
    }
  });
}

Deno.test("help uses the width of the terminal", () => {
  const [narrow, wide] = [helpAt(60), helpAt(120)];
  assert.ok(narrow.get("submit")!.split("\n").length > wide.get("submit")!.split("\n").length);
});

Deno.test("help of every subcommand names the options that every command takes", () => {
  for (const [path, text] of helpAt(80)) {
    if (path === "" || path === "complete") continue;
    const [, section] = text.split("\nGlobal options:\n");
    for (
      const flag of [
        "-e, --env <name>",
        "-C, --directory <dir>",
        "--json",
        "--verbose",
        "--credential <name>",
      ]
    ) {
      assert.ok(section?.includes(flag), `${path}: ${flag}`);
    }
    assert.ok(section!.includes("kedro-azureml --help"), path);
  }
});

Deno.test("help of the program has its commands in groups, each of them in one", () => {
  const root = createProgram(fakeContext(), () => Promise.resolve());
  const groups = root.createHelp().visibleCommands(root).map((command) => command.helpGroup());
  assert.deepEqual([...new Set(groups)], ["Project:", "Run:", "Jobs:", "Schedules:", "Access:", "Tools:"]);
});

Deno.test("help links to the documentation and to issues once the project has an address", () => {
  assert.deepEqual(linkLines({ topics: ["man"], pages: ["a", "b", "c"] }, "https://example.org/x"), [
    "Learn more:",
    "  kedro-azureml help TOPIC",
    "    man",
    "  kedro-azureml help PAGE",
    "    a, b, c",
    "  Docs    https://example.org/x#readme",
    "  Issues  https://example.org/x/issues",
  ]);
});
