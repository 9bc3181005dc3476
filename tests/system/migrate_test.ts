import assert from "node:assert/strict";
import { join } from "node:path";
import { createFolder } from "../fakes/folder.ts";

const PAGE = new URL("../../docs/migrate.md", import.meta.url);

/** Installs the script of the page as `kedro` before two other programs on PATH. */
async function withShim(
  use: (kedro: (...args: string[]) => Promise<string>) => Promise<void>,
): Promise<void> {
  const [, script] = /```sh\n(#!\/bin\/sh\n.*?)```/s.exec(await Deno.readTextFile(PAGE))!;
  await using temporary = await createFolder();
  const { root: folder } = temporary;
  await place(join(folder, "shim/kedro"), script!);
  await place(join(folder, "env/kedro"), '#!/bin/sh\necho "kedro:$*"\n');
  await place(join(folder, "env/kedro-azureml"), '#!/bin/sh\necho "ours:$*"\n');
  const PATH = [join(folder, "shim"), join(folder, "env"), "/usr/bin", "/bin"].join(":");
  await use(async (...args) => {
    const { stdout } = await new Deno.Command(join(folder, "shim/kedro"), { args, env: { PATH } }).output();
    return new TextDecoder().decode(stdout).trim();
  });
}

async function place(path: string, text: string): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true });
  await Deno.writeTextFile(path, text, { mode: 0o755 });
}

Deno.test(
  "script in docs/migrate.md passes only azureml commands on",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await withShim(async (kedro) => {
      assert.equal(await kedro("azureml", "-e", "prod", "run", "-j", "a b"), "ours:-e prod run -j a b");
      assert.equal(
        await kedro("azureml", "-e", "prod", "execute", "--node=x"),
        "kedro:azureml -e prod execute --node=x",
      );
      assert.equal(await kedro("run", "--pipeline", "azureml"), "kedro:run --pipeline azureml");
      assert.equal(await kedro(), "kedro:");
    });
  },
);
