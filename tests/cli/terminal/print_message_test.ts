import { equal } from "node:assert/strict";
import { withEmulatorOption } from "../../../src/cli/terminal/print_message.ts";

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
  Deno.test(`withEmulatorOption() adds --emulator to \`${line}\``, () => {
    equal(withEmulatorOption(command(line)), command(`${line} --emulator`));
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
  Deno.test(`withEmulatorOption() leaves \`${line}\` unchanged`, () => {
    equal(withEmulatorOption(command(line)), command(line));
  });
}

Deno.test("withEmulatorOption() leaves words outside backticks unchanged", () => {
  const text = "kedro-azureml job list, `az ml job list` and kedro-azureml submit";
  equal(withEmulatorOption(text), text);
});
