import { quickAnswer } from "./src/cli/quick.ts";
import { becomeReader, isReader } from "./src/system/reader_process.ts";
import { tryPrint } from "./src/system/terminal.ts";

if (isReader()) await becomeReader();
// Only the reader's process asks the kernel for a filter of its own.
Deno.permissions.revokeSync({ name: "ffi" });

const quick = quickAnswer(Deno.args);
// If this cannot be written, the command line below fails in the same way and says why.
if (quick !== undefined && tryPrint(quick)) Deno.exit(0);
const [{ run }, { systemContext }] = await Promise.all([
  import("./src/cli/command_line.ts"),
  import("./src/system/context.ts"),
]);
Deno.exit(await run(Deno.args, systemContext()));
