import { strictEqual } from "node:assert/strict";
import { undoLines, variableLines } from "../../src/cli/emulator/shell_lines.ts";

const NEW = {
  SSL_CERT_FILE: "/tmp/it's $HOME/ca.pem",
  AZURE_TENANT_ID: "tenant",
  KEDRO_AZUREML_EMULATOR: "url",
};

Deno.test({
  name: "undoLines() restores the variables of a POSIX shell after variableLines() twice",
  ignore: Deno.build.os === "windows",
  async fn() {
    const lines = variableLines("sh", NEW);
    const show = 'echo "${SSL_CERT_FILE-none} ${AZURE_TENANT_ID-none} ${KEDRO_AZUREML_EMULATOR-none}"';
    const script = [lines, lines, show, undoLines("sh"), show, "env | grep -c BEFORE_ || true"].join("\n");
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: ["-euc", script],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, SSL_CERT_FILE: "/my $own.pem" },
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    strictEqual(text(stderr), "");
    strictEqual(text(stdout), "/tmp/it's $HOME/ca.pem tenant url\n/my $own.pem none none\n0\n");
  },
});
