import { run } from "./src/cli/run.ts";
import { systemContext } from "./src/system.ts";

Deno.exit(await run(Deno.args, systemContext()));
