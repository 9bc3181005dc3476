import assert from "node:assert/strict";
import { openDisk } from "../../../src/emulator/state/disk.ts";
import { openJournal } from "../../../src/emulator/state/journal.ts";
import { systemFs } from "../../../src/system/fs.ts";

Deno.test("links in a folder of kept jobs do not lead out of it", async () => {
  const top = await Deno.realPath(await Deno.makeTempDir());
  try {
    const secret = `${top}/theirs/thesis.txt`;
    await Deno.mkdir(`${top}/theirs`);
    await Deno.writeTextFile(secret, "precious");
    await Deno.mkdir(`${top}/kept`);
    await Deno.symlink(`${top}/theirs`, `${top}/kept/blobs`);
    const disk = openDisk(systemFs, `${top}/kept`);
    await openJournal(disk, "https://127.0.0.1:9");
    assert.equal(await Deno.readTextFile(secret), "precious", "it is no unused file of the folder");
    for (const path of [secret, `${top}/kept/blobs/thesis.txt`]) {
      await assert.rejects(disk.fs.readRange(path, 0, 8), { code: "emulator.leads_out" });
    }
    await Deno.symlink(secret, `${top}/kept/lock`);
    await assert.rejects(disk.fs.writeText(`${top}/kept/lock`, "1"), { code: "emulator.leads_out" });
  } finally {
    await Deno.remove(top, { recursive: true });
  }
});

Deno.test("a kept folder that is only read stays unchanged", async () => {
  const top = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${top}/blobs`);
    await Deno.writeTextFile(`${top}/blobs/1`, "unused");
    const disk = openDisk(systemFs, top);
    const { maps } = await openJournal(disk, "https://127.0.0.1:9", { isOnlyRead: true });
    assert.equal(maps.of("facts").get("folder"), top);
    assert.deepEqual([...Deno.readDirSync(top)].map(({ name }) => name), ["blobs"]);
    await Deno.chmod(top, 0o777);
    await openJournal(disk, "https://127.0.0.1:9");
    assert.equal(await Deno.readTextFile(`${top}/blobs/1`), "unused");
  } finally {
    await Deno.remove(top, { recursive: true });
  }
});
