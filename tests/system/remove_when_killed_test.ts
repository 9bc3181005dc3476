import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { removeWhenKilled } from "../../src/app/rehearse/prepare.ts";
import { createFolder } from "../fakes/folder.ts";
import { exited } from "../fakes/context.ts";

const SCRIPT = fileURLToPath(new URL("./folder_remover.ts", import.meta.url));

async function start(folder: string, order: string): Promise<Deno.ChildProcess> {
  const args = ["run", "--no-check", "-A", SCRIPT, folder, order];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  for await (const _ of child.stdout) break;
  return child;
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("removeWhenKilled() removes a folder after SIGKILL", async () => {
  const folder = await Deno.makeTempDir({ prefix: "it's " });
  await Deno.mkdir(`${folder}/mounts`);
  await Deno.writeTextFile(`${folder}/mounts/raw.csv`, "1,2\n");
  await Deno.chmod(`${folder}/mounts`, 0o500);
  const child = await start(folder, "wait");
  assert.equal(await isThere(folder), true);
  child.kill("SIGKILL");
  await child.status;
  while (await isThere(folder)) await new Promise((resolve) => setTimeout(resolve, 10));
});

Deno.test("removeWhenKilled() keeps the folder if stopped", async () => {
  const folder = await Deno.makeTempDir();
  const child = await start(folder, "stop");
  assert.equal((await child.status).code, 0);
  assert.equal(await isThere(folder), true);
  await Deno.remove(folder);
});

Deno.test("removeWhenKilled() tries again if a folder is in use", async () => {
  await using temporary = await createFolder({ "steps/a": "" });
  const { root: folder } = temporary;
  const log = `${folder}/log`;
  const programs = {
    chmod: "",
    sleep: "",
    rm: `[ $(grep -c ^rm "${log}") -lt 3 ] || exec /bin/rm -rf "${folder}/steps"`,
  };
  for (const [name, does] of Object.entries(programs)) {
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\necho ${name} "$@" >>"${log}"\n${does}\n`, {
      mode: 0o700,
    });
  }
  const exec = async (program: string, args: readonly string[] = []) => {
    const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
    const { success } = await new Deno.Command(program, { args: [...args], env, stdin: "null" }).output();
    return exited({ status: success ? 0 : 1 });
  };
  await removeWhenKilled({ exec }, `${folder}/steps`)();
  const once = [`chmod -R u+rwX ${folder}/steps`, `rm -rf -- ${folder}/steps`];
  const wanted = [...once, "sleep 1", ...once, "sleep 1", ...once];
  assert.deepEqual((await Deno.readTextFile(log)).trim().split("\n"), wanted);
  assert.equal(await isThere(`${folder}/steps`), false);
});
