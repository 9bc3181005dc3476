import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";

const SCRIPT = fileURLToPath(new URL("./folder_remover.ts", import.meta.url));

async function start(folder: string, order: string): Promise<Deno.ChildProcess> {
  const args = ["run", "--no-check", "-A", SCRIPT, folder, order];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
  for await (const _ of child.stdout) break;
  return child;
}

const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

Deno.test("removeWhenKilled() removes a read-only folder after the program is killed", async () => {
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

Deno.test("removeWhenKilled() keeps the folder if it is stopped before the program ends", async () => {
  const folder = await Deno.makeTempDir();
  const child = await start(folder, "stop");
  assert.equal((await child.status).code, 0);
  assert.equal(await isThere(folder), true);
  await Deno.remove(folder);
});
