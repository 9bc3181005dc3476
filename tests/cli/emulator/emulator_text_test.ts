import { deepEqual, equal, match } from "node:assert/strict";
import { renderReady, variableLines } from "../../../src/cli/commands/emulator.ts";
import { fakeContext } from "../../fakes/context.ts";

const CTX = { random: { ...fakeContext().random, number: () => 0.1 } };
const ENV = { SSL_CERT_FILE: "C:\\it's\\ca.pem", AZURE_CLIENT_SECRET: "hush" };
const READY = { origin: "https://127.0.0.1:1", pages: "http://127.0.0.1:2", caFile: "ca.pem", env: ENV };

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

Deno.test("variableLines() sets variables, and removes those that would lead elsewhere", () => {
  const linesOf = (shell: "sh" | "fish" | "powershell") =>
    variableLines(shell, { A: "b" }).split("\n").filter((line) => !/AZURE_|_CLOUD_FILE/.test(line));
  deepEqual(linesOf("sh"), ["export A=b", "unset AZUREML_CURRENT_CLOUD", ""]);
  deepEqual(linesOf("fish"), ["set -gx A 'b'", "set -e AZUREML_CURRENT_CLOUD", ""]);
  deepEqual(linesOf("powershell"), [
    "$env:A = 'b'",
    "Remove-Item Env:AZUREML_CURRENT_CLOUD -ErrorAction Ignore",
    "",
  ]);
});
