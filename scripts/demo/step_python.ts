/**
 * Makes the Python environment of the demo's steps, as the rehearsal would: started beside the build of the embedded
 * Kedro, it takes no time of its own. The rehearsal says why where it cannot be made.
 */

import { openStepPython } from "../../src/app/rehearse/python.ts";
import type { AppEvent } from "../../src/app/context.ts";
import { systemContext } from "../../src/system/context.ts";
import { say } from "../shared/run_program.ts";
import { PROJECT, rehearsalEnvironment } from "./world.ts";

const env = rehearsalEnvironment();

function report(event: AppEvent): void {
  if (event.type === "environment_making") {
    say(`Making the Python environment of the demo's steps with ${event.tool} (once)`);
  }
  if (event.type === "environment_made") say("The Python environment of the demo's steps is ready");
}

await openStepPython({ ...systemContext(), env, home: env.HOME, report }, {}, PROJECT).catch(() => {});
// What listens to Ctrl+C would keep it running.
Deno.exit();
