import { match, strictEqual } from "node:assert/strict";
import { renderReady } from "../../../src/cli/emulator/emulator_text.ts";

const READY = { origin: "https://127.0.0.1:1", caFile: "ca.pem", env: { SSL_CERT_FILE: "C:\\it's\\ca.pem" } };

Deno.test("the emulator prints its variables for PowerShell on Windows, and for a POSIX shell elsewhere", () => {
  const lines = (platform: "windows" | "linux") =>
    renderReady(READY, undefined, platform).text.trimEnd().split("\n").slice(2);
  strictEqual(lines("windows").join(), "$env:SSL_CERT_FILE = 'C:\\it''s\\ca.pem'");
  match(lines("linux").join(), /^export SSL_CERT_FILE='C:/);
});
