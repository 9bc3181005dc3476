import { command } from "../parse/command.ts";
import { flag, text } from "../parse/field.ts";
import { inWorkspace } from "../parse/options.ts";
import { portRequest } from "../parse/values.ts";

export const ui = command({
  name: "ui",
  about: `Show the jobs of a workspace in a browser until you press Ctrl+C

Lists the newest jobs, and shows the graph, steps, logs and metrics of each while it runs. The page is served on this machine only, reads with your credentials, and changes nothing.`,
  summary: "Show the jobs of a workspace in a browser",
  examples: [
    ["ui", "Show the jobs of the workspace in azureml.yml"],
  ],
  needs: ["azure", "earlier jobs"],
  options: {
    ...inWorkspace,
    port: text("--port <number>", "port to listen on, on 127.0.0.1 (default: a free port)"),
    open: flag("--no-open", "do not open a browser"),
  },
  async *run(ctx, typed) {
    const { startUi } = await import("../../app/ui/ui.ts");
    const port = portRequest(typed.port, "ui.port");
    const { url, workspace, finished } = await startUi(ctx, { ...typed, port });
    yield {
      data: { url, workspace },
      text: `✓ Jobs of workspace ${workspace}:\n${url}\n  Press Ctrl+C to stop\n`,
    };
    await finished;
  },
});
