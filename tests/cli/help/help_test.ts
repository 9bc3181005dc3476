import assert from "node:assert/strict";
import { EXAMPLES } from "../../../src/cli/help/examples.ts";
import { TOPICS } from "../../../src/cli/help/topics.ts";
import { pathOf, visit } from "../../../src/cli/command/command_tree.ts";
import { program } from "../../../src/cli/program.ts";
import { fakeContext } from "../../fakes/context.ts";
import { parsed, wordsOf } from "../parsed.ts";
import { makeWorld } from "../world.ts";

for (const [path, examples] of Object.entries(EXAMPLES)) {
  Deno.test(`examples of "${path}" run as they stand`, async () => {
    for (const { line } of examples) {
      const ran = await parsed(wordsOf(line));
      assert.equal(ran.startsWith(path), true, `${line} runs ${ran}`);
    }
  });
}

Deno.test("every command that runs something has an example", () => {
  const root = program(fakeContext(), () => Promise.resolve());
  const without: string[] = [];
  visit(root, (command) => {
    const isShown = command.parent?.createHelp().visibleCommands(command.parent).includes(command) ?? true;
    const runs = command.commands.length === 0 && isShown && command.name() !== "help";
    if (runs && EXAMPLES[pathOf(command)] === undefined) without.push(pathOf(command));
  });
  assert.deepEqual(without, []);
});

Deno.test("an example that the program would refuse is found", async () => {
  await assert.rejects(parsed(["submit", "--no-such-option"]), /Cannot find the option/);
});

async function said(line: string): Promise<string> {
  const { ctx, kedroAzureml } = makeWorld();
  assert.equal(await kedroAzureml(line), 0);
  return ctx.stdout();
}

Deno.test("help of a command is what its --help prints, by an alias too", async () => {
  assert.equal(await said("help job show"), await said("job show --help"));
  assert.equal(await said("help run"), await said("submit --help"));
  assert.match(await said("submit --help"), /Examples:\n {2}# .+\n {2}kedro-azureml submit -j main\n/);
});

Deno.test("every topic is printed, and every command is in the manual page", async () => {
  for (const name of Object.keys(TOPICS)) assert.match(await said(`help ${name}`), /^.+\.\n\n {2}\S+ {2,}\S/);
  const page = await said("help man");
  for (
    const name of ["submit, run", "job follow", "config show", "KEDRO_ENV", "jobs.<name>.limits.timeout"]
  ) {
    assert.ok(page.includes(name.replaceAll("-", "\\-")), name);
  }
  assert.doesNotMatch(page, /^[.'](?!TH|SH|SS|TP|B )/m);
});

Deno.test("help that there is not is refused with what is near", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  assert.equal(await kedroAzureml("help exit-code"), 2);
  assert.match(ctx.stderr(), /Cannot find help for "exit-code" \(did you mean "exit-codes"\?\)/);
});
