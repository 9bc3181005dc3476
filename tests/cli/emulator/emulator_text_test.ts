import { doesNotMatch, match } from "node:assert/strict";
import { renderReady } from "../../../src/cli/emulator/emulator.ts";
import { undoLines, variableLines } from "../../../src/cli/emulator/shell_lines.ts";

const ENV = { SSL_CERT_FILE: "C:\\it's\\ca.pem" };
const READY = { origin: "https://127.0.0.1:1", caFile: "ca.pem", env: ENV };

Deno.test("renderReady() suggests --emulator, and prints variables only for a given shell", () => {
  doesNotMatch(renderReady(READY, {}).text, /SSL_CERT_FILE/);
  match(renderReady(READY, {}).text, /add `--emulator`/);
  match(renderReady(READY, { shell: "sh" }).text, /^export SSL_CERT_FILE=/m);
});

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
