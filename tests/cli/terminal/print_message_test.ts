import { equal } from "node:assert/strict";
import { namingEmulator } from "../../../src/cli/program.ts";
import { withDirectory } from "../../../src/cli/terminal/print_message.ts";
import { wholeProgram } from "../parsed.ts";

const named = namingEmulator(await wholeProgram());
const command = (line: string) => `Run \`kedro-azureml ${line}\`, or wait`;

for (
  const line of [
    "job follow fox",
    "job report fox",
    "submit north",
    "rerun fox --from-failed",
    "schedule list",
    "auth status",
    "doctor",
    "data push rides",
    "diff main",
    "environment push",
    "run main",
    "setup --dry-run",
    "ui",
    "validate --online",
  ]
) {
  Deno.test(`namingEmulator() adds --emulator to \`${line}\``, () => {
    equal(named(command(line)), command(`${line} --emulator`));
  });
}

for (
  const line of [
    "emulator start",
    "validate",
    "init --environment",
    "auth login",
    "auth logout",
    "job report --from kept",
    "submit main --emulator",
    "--emulator submit main",
    "help recipes",
    "job list --help",
  ]
) {
  Deno.test(`namingEmulator() leaves \`${line}\` unchanged`, () => {
    equal(named(command(line)), command(line));
  });
}

Deno.test("namingEmulator() leaves words outside backticks unchanged", () => {
  const text = "kedro-azureml job list, `az ml job list` and kedro-azureml submit";
  equal(named(text), text);
});

Deno.test("withDirectory() adds -C to commands for projects", () => {
  const inShop = (line: string) => withDirectory(command(line), "my shop");
  equal(inShop("submit main"), command("submit main -C 'my shop'"));
  for (const line of ["auth login", "help migrate", "submit --help", "submit -C other"]) {
    equal(inShop(line), command(line));
  }
  equal(withDirectory(command("submit main"), undefined), command("submit main"));
});
