import assert from "node:assert/strict";
import { openJournal } from "../../../src/emulator/state/journal.ts";
import type { Blob, Piece } from "../../../src/emulator/state/records.ts";
import { fakeContext } from "../../fakes/context.ts";

const ORIGIN = "https://127.0.0.1:4711";
const PATH = "/state/journal.jsonl";

/** Creates a folder in memory, and reads its journal. */
function folder() {
  const { fs, files } = fakeContext();
  return {
    disk: { fs, folder: "/state" },
    files,
    text: () => new TextDecoder().decode(files.get(PATH)),
  };
}

function blob(pieces: readonly Piece[], staged = new Map()): Blob {
  return {
    sizeBytes: 1,
    pieces,
    contentType: "text/plain",
    metadata: {},
    etag: '"1"',
    modifiedAt: new Date("2026-01-02T03:04:05Z"),
    staged,
    isUncommitted: false,
  };
}

Deno.test("emulator restores the last saved state", async () => {
  const { disk } = folder();
  const first = await openJournal(disk, ORIGIN);
  first.maps.of("jobs").set("j1", { status: "Running", needs: new Map([["a", []]]) });
  first.maps.of("jobs").set("j1", { status: "Completed", needs: new Map([["a", []]]) });
  first.maps.of("jobs").set("j2", {});
  first.maps.of("jobs").delete("j2");
  await first.flush();
  const second = await openJournal(disk, ORIGIN);
  assert.deepEqual([...second.maps.of("jobs")], [
    ["j1", { status: "Completed", needs: new Map([["a", []]]) }],
  ]);
});

Deno.test("emulator drops an incomplete last line of its state", async () => {
  const { disk, files, text } = folder();
  const first = await openJournal(disk, ORIGIN);
  first.maps.of("jobs").set("j1", {});
  first.maps.of("jobs").set("j2", {});
  await first.flush();
  files.set(PATH, new TextEncoder().encode(text().slice(0, -4)));
  const second = await openJournal(disk, ORIGIN);
  assert.deepEqual([...second.maps.of("jobs").keys()], ["j1"]);
  second.maps.of("jobs").set("j3", {});
  await second.flush();
  assert.deepEqual([...(await openJournal(disk, ORIGIN)).maps.of("jobs").keys()], ["j1", "j3"]);
});

Deno.test("emulator restores blobs and uncommitted blocks", async () => {
  const { disk, files } = folder();
  const first = await openJournal(disk, ORIGIN);
  const blobs = first.maps.of<Blob>("blobs:store/c");
  const block = { sizeBytes: 1, pieces: [{ sizeBytes: 1, file: "/state/blobs/2" }] };
  blobs.set("a.txt", blob([{ sizeBytes: 1, file: "/state/blobs/1" }], new Map([["AA==", block]])));
  for (const name of ["1", "2", "3"]) files.set(`/state/blobs/${name}`, new Uint8Array([1]));
  await first.flush();
  const { maps } = await openJournal(disk, ORIGIN);
  assert.deepEqual(maps.of("blobs:store/c"), blobs);
  const left = [...files.keys()].filter((path) => path.startsWith("/state/blobs/"));
  assert.deepEqual(left, ["/state/blobs/1", "/state/blobs/2"], "the file that no blob has is gone");
});

Deno.test("emulator's restored URLs and paths fit its new origin and folder", async () => {
  const { disk, files } = folder();
  const first = await openJournal(disk, ORIGIN);
  first.maps.of("resources").set("code", { uri: `${ORIGIN}/store/c`, file: "/state/blobs/1" });
  await first.flush();
  files.set("/moved/journal.jsonl", files.get(PATH)!);
  const moved = await openJournal({ ...disk, folder: "/moved" }, "https://127.0.0.1:9999");
  assert.deepEqual(moved.maps.of("resources").get("code"), {
    uri: "https://127.0.0.1:9999/store/c",
    file: "/moved/blobs/1",
  });
});

Deno.test("emulator's restored URLs fit each new origin", async () => {
  const { disk } = folder();
  const modes: unknown[] = [];
  const fs: typeof disk.fs = {
    ...disk.fs,
    writeText: (path, text, options) => (modes.push(options?.mode), disk.fs.writeText(path, text, options)),
  };
  const { maps, flush } = await openJournal({ ...disk, fs }, ORIGIN);
  maps.of("resources").set("code", { uri: `${ORIGIN}/store/c` });
  await flush();
  for (const origin of ["https://127.0.0.1:1", "https://127.0.0.1:2", ORIGIN]) {
    const moved = await openJournal({ ...disk, fs }, origin);
    assert.deepEqual(moved.maps.of("resources").get("code"), { uri: `${origin}/store/c` });
  }
  assert.deepEqual(modes, [0o600, 0o600, 0o600, 0o600]);
});

Deno.test("emulator saves changes made during a save", async () => {
  const { disk } = folder();
  const { append } = disk.fs;
  let isFirst = true;
  const fs: typeof disk.fs = {
    ...disk.fs,
    async append(path, text) {
      if (isFirst) maps.of("jobs").set("j2", {});
      isFirst = false;
      await append(path, text);
    },
  };
  const { maps, flush } = await openJournal({ ...disk, fs }, ORIGIN);
  maps.of("jobs").set("j1", {});
  await flush();
  await flush();
  assert.deepEqual([...(await openJournal(disk, ORIGIN)).maps.of("jobs").keys()], ["j1", "j2"]);
});

Deno.test("emulator shortens its state after many changes", async () => {
  const { disk, text } = folder();
  const { maps, flush } = await openJournal(disk, ORIGIN);
  for (let at = 0; at < 30_000; at++) maps.of("jobs").set("j1", { at });
  await flush();
  maps.of("jobs").set("j1", { at: "last" });
  await flush();
  assert.equal(text().split("\n").length, 4, "origin, folder, the job, and the end of the last line");
  assert.deepEqual((await openJournal(disk, ORIGIN)).maps.of("jobs").get("j1"), { at: "last" });
});
