import { deepEqual, match } from "node:assert/strict";
import { jobOpen } from "../../../src/cli/commands/job.ts";
import type { Output } from "../../../src/cli/text/output.ts";
import { openCommandContext } from "../../../src/cli/terminal/command_context.ts";
import { makeWorld } from "../world.ts";

Deno.test("job open explains why no browser opens without a display", async () => {
  const { ctx, kedroAzureml } = makeWorld({ interactive: true });
  await kedroAzureml("submit main --name fox");
  const outputs = await Array.fromAsync(
    jobOpen(openCommandContext(ctx, {}), { project: {}, args: { names: ["fox"] } }),
  );
  const [{ data, text, warnings }] = outputs as [Output];
  const { studioUrl, ...rest } = data as { readonly studioUrl: string };
  deepEqual([rest, text], [{ name: "fox", opened: false }, `${studioUrl}\n`]);
  match(studioUrl, /^https:\/\/ml\.azure\.com\/runs\/fox\?wsid=/);
  deepEqual(warnings, [{
    code: "job.no_browser",
    message: "No browser was opened: this machine has no display (DISPLAY and WAYLAND_DISPLAY are not set)",
  }]);
});

Deno.test("job open only prints the link if nobody is at the terminal", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  await kedroAzureml("submit main --name fox");
  const before = [ctx.stdout().length, ctx.stderr().length] as const;
  await kedroAzureml("job open fox");
  match(ctx.stdout().slice(before[0]), /^https:\/\/ml\.azure\.com\/runs\/fox\?wsid=\S+\n$/);
  deepEqual(ctx.stderr().slice(before[1]), "");
});
