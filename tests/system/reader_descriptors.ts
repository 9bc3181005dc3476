/** Starts the reader's process and prints what its descriptors are, one a line. Run by `reader_process_test.ts`. */

import { decodeFrames } from "../../src/kedro/reader/sandbox_client.ts";
import { createResources } from "../../src/system/reader_process.ts";

const reader = await createResources().startReader();
for await (const { header } of decodeFrames(reader.output)) {
  if (header.kind === "started") break;
}
const { stdout } = await new Deno.Command("pgrep", { args: ["-P", String(Deno.pid)] }).output();
// The last: the program that the caller started may be another child.
const pid = new TextDecoder().decode(stdout).trim().split("\n").at(-1);
const names = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) =>
  Deno.readLinkSync(`/proc/${pid}/fd/${name}`)
);
await Deno.stdout.write(new TextEncoder().encode(names.join("\n")));
await reader.end();
