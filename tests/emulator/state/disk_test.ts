import assert from "node:assert/strict";
import { openDisk } from "../../../src/emulator/state/disk.ts";
import { openJournal } from "../../../src/emulator/state/journal.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { createFolder } from "../../fakes/folder.ts";

Deno.test("links in a folder of kept jobs do not lead out of it", async () => {
  await using temporary = await createFolder({
    "theirs/thesis.txt": "precious",
    "kept/blobs": "-> ../theirs",
  });
  const { root: top } = temporary;
  const secret = `${top}/theirs/thesis.txt`;
  const disk = openDisk(systemFs, `${top}/kept`);
  await openJournal(disk, "https://127.0.0.1:9");
  assert.equal(await Deno.readTextFile(secret), "precious", "it is no unused file of the folder");
  for (const path of [secret, `${top}/kept/blobs/thesis.txt`]) {
    await assert.rejects(disk.fs.readRange(path, 0, 8), { code: "emulator.leads_out" });
  }
  await Deno.symlink(secret, `${top}/kept/lock`);
  await assert.rejects(disk.fs.writeText(`${top}/kept/lock`, "1"), { code: "emulator.leads_out" });
});

Deno.test("a kept folder that is only read stays unchanged", async () => {
  await using temporary = await createFolder({ "blobs/1": "unused" });
  const { root: top } = temporary;
  const disk = openDisk(systemFs, top);
  const { maps } = await openJournal(disk, "https://127.0.0.1:9", { isOnlyRead: true });
  assert.equal(maps.of("facts").get("folder"), top);
  assert.deepEqual([...Deno.readDirSync(top)].map(({ name }) => name), ["blobs"]);
  await Deno.chmod(top, 0o777);
  await openJournal(disk, "https://127.0.0.1:9");
  assert.equal(await Deno.readTextFile(`${top}/blobs/1`), "unused");
});
