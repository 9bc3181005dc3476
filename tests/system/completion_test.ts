import assert from "node:assert/strict";
import { SCRIPTS } from "../../src/cli/commands/completion.ts";

/** Completes a line in a bash whose `kedro-azureml` prints `lines`, and returns its arguments. */
async function inBash(line: string, lines: readonly string[]): Promise<{ asked: string; reply: string[] }> {
  const program = `
${SCRIPTS.bash}
kedro-azureml() { printf '<%s>' "$@" >&3; printf '%s\\n' ${lines.map((each) => `'${each}'`).join(" ")}; }
COMP_LINE=$1 COMP_POINT=\${#1}
IFS=$'\\n' COMP_WORDS=($2) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
[[ $2 == *$'\\n' ]] && COMP_WORDS+=("") && COMP_CWORD=$((COMP_CWORD + 1))
exec 3>&1
_kedro_azureml
printf '\\n%s' "\${COMPREPLY[@]}"
`;
  const words = line.replaceAll(/[=:]/g, "\n$&\n").replaceAll(" ", "\n").replace(/\n\n/g, "\n");
  const args = ["-c", program, "bash", line, words];
  const { stdout, stderr } = await new Deno.Command("bash", { args, env: { LC_ALL: "C" } }).output();
  assert.equal(new TextDecoder().decode(stderr), "");
  const [asked = "", ...reply] = new TextDecoder().decode(stdout).split("\n");
  return { asked, reply };
}

const needsBash = { ignore: Deno.build.os === "windows" };

Deno.test("bash completion completes option values", needsBash, async () => {
  assert.deepEqual(await inBash("kedro-azureml job sh", ["show\tShow a job", ":values"]), {
    asked: "<complete><--word=sh><--><job>",
    reply: ["show"],
  });
  assert.deepEqual(await inBash("kedro-azureml compile --format=me", ["--format=mermaid\t", ":values"]), {
    asked: "<complete><--word=--format=me><--><compile>",
    reply: ["mermaid"],
  });
  assert.deepEqual(await inBash("kedro-azureml submit -j ", ["main\tTrain: it", "other\t", ":values"]), {
    asked: "<complete><--word=><--><submit><-j>",
    reply: ["main", "other"],
  });
});

Deno.test("bash completion runs no command", needsBash, async () => {
  const { asked } = await inBash("kedro-azureml submit -j $(touch${IFS}/tmp/x) ma", [":values"]);
  assert.equal(asked, "<complete><--word=ma><--><submit><-j><$(touch${IFS}/tmp/x)>");
});
