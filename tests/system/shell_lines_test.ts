import { match, strictEqual } from "node:assert/strict";
import { variableLines } from "../../src/cli/commands/emulator.ts";

const NEW = {
  SSL_CERT_FILE: "/tmp/it's $HOME/ca.pem",
  AZURE_TENANT_ID: "tenant",
  KEDRO_AZUREML_EMULATOR: "url",
};

Deno.test("variableLines() quotes values for POSIX shells", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const names = ["SSL_CERT_FILE", "AZURE_TENANT_ID", "KEDRO_AZUREML_EMULATOR", "AZUREML_CURRENT_CLOUD"];
  const show = `echo "${names.map((name) => `\${${name}-none}`).join(" ")}"`;
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-euc", `${variableLines("sh", NEW)}${show}`],
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH")!,
      SSL_CERT_FILE: "/my $own.pem",
      AZUREML_CURRENT_CLOUD: "AzureChinaCloud",
    },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  strictEqual(text(stderr), "");
  strictEqual(text(stdout), "/tmp/it's $HOME/ca.pem tenant url none\n");
});

Deno.test("variableLines() quotes values for PowerShell", () => {
  const lines = variableLines("powershell", { SSL_CERT_FILE: "C:\\it's\u2019; calc\\ca.pem" });
  match(lines, /^\$env:SSL_CERT_FILE = 'C:\\it''s\u2019\u2019; calc\\ca\.pem'\n/);
});
