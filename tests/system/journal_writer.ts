/** Writes jobs to the given state folder and prints the number of each stored one, until killed. */
import { openJournal } from "../../src/emulator/state/journal.ts";
import { systemFs } from "../../src/system/fs.ts";

const { maps, flush } = await openJournal({ fs: systemFs, folder: Deno.args[0]! }, "https://127.0.0.1:4711");
const jobs = maps.of("jobs");
for (let at = jobs.size;; at++) {
  jobs.set(String(at), { at, filler: "x".repeat(at % 5000) });
  await flush();
  Deno.stdout.writeSync(new TextEncoder().encode(`${at}\n`));
}
