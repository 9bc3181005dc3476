import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { openJournal } from "../../src/emulator/state/journal.ts";
import { systemFs } from "../../src/system/fs.ts";
import { within } from "./within.ts";
import { createFolder } from "../fakes/folder.ts";

const WRITER = fileURLToPath(new URL("journal_writer.ts", import.meta.url));
const LOCKED = ["--lock=deno.lock", "--frozen", "--no-check"];

/** Starts the writer, kills it after `count` lines, and returns the last number it printed. */
async function writeUntilKilled(folder: string, count: number): Promise<number> {
  const args = ["run", ...LOCKED, "-A", WRITER, folder];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  let text = "";
  let isKilled = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (isKilled || text.split("\n").length <= count) continue;
    // Earlier output may still arrive in several chunks.
    child.kill("SIGKILL");
    isKilled = true;
  }
  await child.status;
  return Number(text.slice(0, text.lastIndexOf("\n")).split("\n").at(-1));
}

Deno.test("emulator restores its state after SIGKILL", async () => {
  await using temporary = await createFolder();
  const { root: folder } = temporary;
  for (const count of [1, 7, 40, 200]) {
    const last = await within(writeUntilKilled(folder, count), "the writer ends");
    const jobs = (await openJournal({ fs: systemFs, folder }, "https://127.0.0.1:4711")).maps.of("jobs");
    const missing = Array.from({ length: last + 1 }, (_, at) => String(at)).filter((key) => !jobs.has(key));
    assert.deepEqual(missing, [], `killed after ${count} lines`);
  }
  const mode = (await Deno.stat(`${folder}/journal.jsonl`)).mode;
  if (Deno.build.os !== "windows") assert.equal(mode! & 0o777, 0o600);
});
