import { strictEqual } from "node:assert/strict";
import { undoLines, variableLines } from "../../src/cli/commands/emulator.ts";

const NEW = {
  SSL_CERT_FILE: "/tmp/it's $HOME/ca.pem",
  AZURE_TENANT_ID: "tenant",
  KEDRO_AZUREML_EMULATOR: "url",
};

Deno.test({
  name:
    "undoLines() restores the variables of a POSIX shell after variableLines() twice, and changes none before",
  ignore: Deno.build.os === "windows",
  async fn() {
    const lines = variableLines("sh", NEW);
    const names = ["SSL_CERT_FILE", "AZURE_TENANT_ID", "KEDRO_AZUREML_EMULATOR", "AZUREML_CURRENT_CLOUD"];
    const show = `echo "${names.map((name) => `\${${name}-none}`).join(" ")}"`;
    const undo = undoLines("sh");
    const script = [undo, show, lines, lines, show, undo, show, "env | grep -c BEFORE_ || true"].join("\n");
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: ["-euc", script],
      clearEnv: true,
      env: {
        PATH: Deno.env.get("PATH")!,
        SSL_CERT_FILE: "/my $own.pem",
        AZUREML_CURRENT_CLOUD: "AzureChinaCloud",
      },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    strictEqual(text(stderr), "");
    const own = "/my $own.pem none none AzureChinaCloud\n";
    strictEqual(text(stdout), `${own}/tmp/it's $HOME/ca.pem tenant url none\n${own}0\n`);
  },
});
