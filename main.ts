import { quickAnswer } from "./src/cli/quick.ts";
import { outColumns, printOut } from "./src/system/terminal.ts";

const quick = quickAnswer(Deno.args, outColumns());
if (quick !== undefined) {
  printOut(quick);
  Deno.exit(0);
}
const [{ run }, { systemContext }] = await Promise.all([
  import("./src/cli/run.ts"),
  import("./src/system.ts"),
]);
Deno.exit(await run(Deno.args, systemContext()));
