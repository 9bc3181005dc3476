import { equal } from "node:assert/strict";
import { namingEmulator } from "../../../src/cli/program.ts";

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
  Deno.test(`hints of a command with --emulator add it to \`${line}\``, () => {
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
  Deno.test(`hints of a command with --emulator leave \`${line}\` unchanged`, () => {
    equal(named(command(line)), command(line));
  });
}
