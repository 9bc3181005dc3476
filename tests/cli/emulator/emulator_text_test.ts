import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { renderReady } from "../../../src/cli/commands/emulator.ts";
import { fakeContext } from "../../fakes/context.ts";
import { undoLines, variableLines } from "../../../src/cli/commands/emulator.ts";

const CTX = { random: { ...fakeContext().random, number: () => 0.1 } };
const ENV = { SSL_CERT_FILE: "C:\\it's\\ca.pem", AZURE_CLIENT_SECRET: "hush" };
const READY = { origin: "https://127.0.0.1:1", pages: "http://127.0.0.1:2", caFile: "ca.pem", env: ENV };

Deno.test("renderReady() suggests --emulator, and prints variables only for a given shell", () => {
  doesNotMatch(renderReady(CTX, READY, {}).text, /SSL_CERT_FILE/);
  match(renderReady(CTX, READY, {}).text, /add `--emulator`/);
  match(renderReady(CTX, READY, { shell: "sh" }).text, /^export SSL_CERT_FILE=/m);
});

Deno.test("renderReady() prints the address, the page of jobs and whether steps run", () => {
  const head = (steps: string) =>
    `# Emulating Azure ML at https://127.0.0.1:1 until you press Ctrl+C. ${steps}\n# Jobs: ${page}\n`;
  const { text, data, isRaw } = renderReady(CTX, READY, {});
  const { page } = data as { readonly page: string };
  match(page, /^http:\/\/127\.0\.0\.1:2\/\?key=[0-9a-z]{28}$/);
  const { pages: _, ...shown } = READY;
  deepEqual([data, isRaw], [{ ...shown, page }, true]);
  const use = "# In another terminal, add `--emulator` to any command.\n";
  equal(text, head("Steps are simulated: no project code runs.") + use);
  equal(
    renderReady(CTX, READY, { python: "/venv/bin/python" }).text,
    head("Steps run on this machine with /venv/bin/python.") + use,
  );
  equal(
    renderReady(CTX, READY, { shell: "sh" }).text,
    head("Steps are simulated: no project code runs.") +
      "# Another emulator is the one that `--emulator` uses. To use this one, run in another terminal:\n" +
      variableLines("sh", READY.env),
  );
});

for (
  const [shell, lines, undo] of [
    [
      "sh",
      [
        'if [ -z "${KEDRO_AZUREML_EMULATOR:-}" ]; then',
        '[ -z "${A+x}" ] || export KEDRO_AZUREML_BEFORE_A="$A"',
        '[ -z "${AZUREML_CURRENT_CLOUD+x}" ] || export KEDRO_AZUREML_BEFORE_AZUREML_CURRENT_CLOUD="$AZUREML_CURRENT_CLOUD"',
        "fi",
        "export A=b",
        "unset AZUREML_CURRENT_CLOUD",
        "",
      ],
      'if [ -n "${KEDRO_AZUREML_BEFORE_NO_PROXY+x}" ]; then export NO_PROXY="$KEDRO_AZUREML_BEFORE_NO_PROXY"; ' +
      "unset KEDRO_AZUREML_BEFORE_NO_PROXY; else unset NO_PROXY; fi",
    ],
    [
      "fish",
      [
        "if not set -q KEDRO_AZUREML_EMULATOR",
        "set -q A; and set -gx KEDRO_AZUREML_BEFORE_A $A",
        "set -q AZUREML_CURRENT_CLOUD; and set -gx KEDRO_AZUREML_BEFORE_AZUREML_CURRENT_CLOUD $AZUREML_CURRENT_CLOUD",
        "end",
        "set -gx A 'b'",
        "set -e AZUREML_CURRENT_CLOUD",
        "",
      ],
      "if set -q KEDRO_AZUREML_BEFORE_NO_PROXY; set -gx NO_PROXY $KEDRO_AZUREML_BEFORE_NO_PROXY; " +
      "set -e KEDRO_AZUREML_BEFORE_NO_PROXY; else; set -e NO_PROXY; end",
    ],
    [
      "powershell",
      [
        "if (-not $env:KEDRO_AZUREML_EMULATOR) {",
        "if (Test-Path Env:A) { $env:KEDRO_AZUREML_BEFORE_A = $env:A }",
        "if (Test-Path Env:AZUREML_CURRENT_CLOUD) { $env:KEDRO_AZUREML_BEFORE_AZUREML_CURRENT_CLOUD = $env:AZUREML_CURRENT_CLOUD }",
        "}",
        "$env:A = 'b'",
        "Remove-Item Env:AZUREML_CURRENT_CLOUD -ErrorAction Ignore",
        "",
      ],
      "if (Test-Path Env:KEDRO_AZUREML_BEFORE_NO_PROXY) { $env:NO_PROXY = $env:KEDRO_AZUREML_BEFORE_NO_PROXY; " +
      "Remove-Item Env:KEDRO_AZUREML_BEFORE_NO_PROXY } else { Remove-Item Env:NO_PROXY -ErrorAction Ignore }",
    ],
  ] as const
) {
  Deno.test(`variableLines() keeps the values before, and undoLines() puts them back in ${shell}`, () => {
    const others = /AZURE_|_CLOUD_FILE/;
    deepEqual(variableLines(shell, { A: "b" }).split("\n").filter((line) => !others.test(line)), lines);
    equal(undoLines(shell).split("\n").find((line) => line.includes("BEFORE_NO_PROXY")), undo);
  });
}

Deno.test("variableLines() quotes values for each shell", () => {
  match(variableLines("powershell", ENV), /^\$env:SSL_CERT_FILE = 'C:\\it''s\\ca.pem'$/m);
  match(variableLines("sh", ENV), /^export SSL_CERT_FILE='C:/m);
  match(variableLines("fish", ENV), /^set -gx SSL_CERT_FILE 'C:\\\\it\\'s\\\\ca.pem'$/m);
});

Deno.test("undoLines() unsets the variables of an emulator", () => {
  for (const name of ["KEDRO_AZUREML_EMULATOR", "AZURE_CLIENT_SECRET", "REQUESTS_CA_BUNDLE", "NO_PROXY"]) {
    match(undoLines("sh"), new RegExp(`unset ${name}; fi$`, "m"));
  }
});
