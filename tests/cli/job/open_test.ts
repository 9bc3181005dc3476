import { deepEqual } from "node:assert/strict";
import { jobOpen } from "../../../src/cli/job/open.ts";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { makeWorld } from "../world.ts";

Deno.test("job open explains why no browser opens without a display", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true });
  await kedroAzureml("submit main --name fox");
  const outputs = await Array.fromAsync(
    jobOpen(openCommandContext(ctx, {}), { project: {}, args: { names: ["fox"] } }),
  );
  deepEqual(outputs.map(({ warnings }) => warnings), [[{
    code: "job.no_browser",
    message: "No browser was opened: this machine has no display (DISPLAY and WAYLAND_DISPLAY are not set)",
  }]]);
});
