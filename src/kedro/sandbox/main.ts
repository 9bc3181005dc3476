import { end, image, system } from "./saved_deno.ts";
import { endingOf, handle, receive, send, startReader } from "./conversation.ts";
import { removeGlobals } from "./remove_globals.ts";
import { restrictProcess } from "./restrict_process.ts";
import { UNFILTERED } from "./protocol.ts";
import { resetUses } from "./uses.ts";

try {
  const reader = await startReader(image);
  removeGlobals();
  // No project code has been received yet; from here on the process can reach only its two pipes.
  const isFiltered = restrictProcess() || system.os !== "linux";
  send("started", isFiltered ? "" : UNFILTERED);
  resetUses();
  // Never await from here on: promises of the project's code, such as dynamic imports, must not resolve.
  for (;;) handle(reader, receive());
} catch (thrown) {
  send("ended", endingOf(thrown));
  end();
}
