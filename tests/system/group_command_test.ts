import { deepStrictEqual, equal, match } from "node:assert/strict";
import { groupCommand, nodeLines } from "../../src/azureml/job/compile/command.ts";
import { createFolder } from "../fakes/folder.ts";

/** Replaces `kedro`: prints its arguments and variables, and runs `END_<node>`. */
const KEDRO = `#!/bin/sh
for word in "$@"; do printf '[%s]' "$word"; done; echo
echo "mlflow $KEDRO_AZUREML_MLFLOW_NODE_NAME start $KEDRO_AZUREML_NOTIFY_START outcome $KEDRO_AZUREML_NOTIFY_OUTCOME"
case "$*" in *--node=second*) [ -n "$END_second" ] && eval "$END_second";; esac
for word in "$@"; do [ -d "$word" ] && echo data > "$word/file"; done
exit 0
`;

const COMMAND = groupCommand({
  env: "local",
  pipeline: "my pipeline",
  params: `{"text": "it's $HOME"}`,
  workingDirectory: undefined,
  folders: ["a", "b_1"],
  nameVariable: "KEDRO_AZUREML_MLFLOW_NODE_NAME",
  firstVariables: ["KEDRO_AZUREML_NOTIFY_START"],
  lastVariables: { KEDRO_AZUREML_NOTIFY_OUTCOME: "1" },
  nodes: [
    { name: "first", inputs: [], outputs: [{ dataset: "a", path: '"$_d/a"' }] },
    {
      name: "second",
      inputs: [{ dataset: "a", path: '"$_d/a"' }],
      outputs: [{ dataset: "b 1", path: '"$_d/b_1"' }],
    },
    { name: "third", inputs: [{ dataset: "b 1", path: '"$_d/b_1"' }], outputs: [] },
  ],
});

/** Shells that Linux containers have. */
const SHELLS = ["sh", "dash", "bash", "busybox sh"];

function isInstalled(shell: string): boolean {
  const [program, ...words] = shell.split(" ");
  try {
    return Deno.build.os !== "windows" &&
      new Deno.Command(program!, { args: [...words, "-c", ":"] }).outputSync().success;
  } catch {
    return false;
  }
}

async function run(shell: string, variables: Record<string, string> = {}) {
  await using temporary = await createFolder();
  const { root: folder } = temporary;
  await Deno.writeTextFile(`${folder}/kedro`, KEDRO, { mode: 0o755 });
  await Deno.mkdir(`${folder}/my tmp`);
  const [program, ...words] = shell.split(" ");
  const env = {
    PATH: `${folder}:${Deno.env.get("PATH")}`,
    TMPDIR: `${folder}/my tmp`,
    LC_ALL: "C",
    KEDRO_AZUREML_NOTIFY_START: "1",
    ...variables,
  };
  const command = new Deno.Command(program!, { args: [...words, "-c", COMMAND], env });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replaceAll(`${folder}/my tmp`, "TMP");
  return { code, out: text(stdout), err: text(stderr), left: [...Deno.readDirSync(`${folder}/my tmp`)] };
}

for (const shell of SHELLS) {
  Deno.test(
    `group command in ${shell} runs nodes in order`,
    { ignore: !isInstalled(shell) },
    async () => {
      const ran = await run(shell);
      equal(ran.err, "");
      equal(ran.code, 0);
      deepStrictEqual(ran.left, []);
      deepStrictEqual(nodeLines(ran.out).map(({ name, status }) => `${name} ${status}`), [
        "first Running",
        "first Completed",
        "second Running",
        "second Completed",
        "third Running",
        "third Completed",
      ]);
      const said = ran.out.split("\n").filter((line) => /^[[m]/.test(line))
        .map((line) => line.replace(/TMP\/tmp\.\w+/g, "TMP"));
      const shared = `[--params={"text": "it's $HOME"}]`;
      const start = "[azureml][-e][local][execute][--pipeline=my pipeline]";
      deepStrictEqual(said, [
        `${start}[--node=first][--az-output=a][TMP/a]${shared}`,
        "mlflow first start 1 outcome ",
        `${start}[--node=second][--az-input=a][TMP/a][--az-output=b 1][TMP/b_1]${shared}`,
        "mlflow second start  outcome ",
        `${start}[--node=third][--az-input=b 1][TMP/b_1]${shared}`,
        "mlflow third start  outcome 1",
      ]);
    },
  );

  Deno.test(`group command in ${shell} exits with the first failure`, {
    ignore: !isInstalled(shell),
  }, async () => {
    const failed = await run(shell, { END_second: "exit 3" });
    equal(failed.code, 3);
    deepStrictEqual(failed.left, []);
    match(failed.out, /^kedro-azureml: node 2\/3 second: failed in \d+ s with exit code 3$/m);
    deepStrictEqual(nodeLines(failed.out).at(-1), {
      ...{ name: "second", status: "Failed", exitCode: 3 },
      durationMs: nodeLines(failed.out).at(-1)!.durationMs,
    });
    const killed = await run(shell, { END_second: "kill -9 $$" });
    equal(killed.code, 137);
    match(killed.err, /This step was ended by signal 9 \(KILL\)/);
    match(killed.out, /second: failed in \d+ s with exit code 137$/m);
  });
}
