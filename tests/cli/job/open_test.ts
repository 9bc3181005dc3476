import { deepEqual } from "node:assert/strict";
import { jobOpen } from "../../../src/cli/job/open.ts";
import { openApp } from "../../../src/cli/terminal/open_app.ts";
import { makeWorld } from "../world.ts";

Deno.test("job open explains why no browser opens without a display", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true });
  await kedroAzureml("submit main --name fox");
  const outputs = await Array.fromAsync(jobOpen(openApp(ctx, {}), { project: {}, args: { names: ["fox"] } }));
  deepEqual(outputs.map(({ warnings }) => warnings), [[{
    code: "job.no_browser",
    message: "No browser was opened: this machine has no display (DISPLAY and WAYLAND_DISPLAY are not set)",
  }]]);
});
