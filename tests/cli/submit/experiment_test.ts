import { equal, match } from "node:assert/strict";
import { makeWorld, projectFiles, type WorldOptions } from "../world.ts";

/** Creates a world with project tiny in a folder of another name. */
function inFolder(name: string, change: (text: string) => string): WorldOptions {
  const files: Record<string, string | Uint8Array<ArrayBuffer>> = {};
  for (const [path, bytes] of Object.entries(projectFiles("tiny"))) {
    const to = path.replace("/home/user/tiny", () => `/home/user/${name}`);
    if (path.endsWith("/azureml.yml")) files[to] = change(new TextDecoder().decode(bytes));
    else if (!path.endsWith("/mlflow.yml")) files[to] = bytes;
  }
  return { files, cwd: `/home/user/${name}` };
}

Deno.test("submit names the experiment after the project's folder", async () => {
  const options = inFolder("my project: v1.2", (text) => text.replace(/^\s+experiment_name: .*\n/gm, ""));
  const { ctx, azure, kedroAzureml } = makeWorld(options);
  equal(await kedroAzureml("submit -j main"), 0, ctx.stderr());
  const [job] = azure.resources("jobs");
  equal(job!.properties.experimentName, "myproject-v1");
});

Deno.test("submit rejects an invalid experiment name before it uploads anything", async () => {
  const options = inFolder(
    "tiny",
    (text) => text.replace(/experiment_name: .*/, "experiment_name: my project"),
  );
  const { ctx, azure, kedroAzureml } = makeWorld(options);
  equal(await kedroAzureml("submit -j main"), 3);
  match(ctx.stderr(), /"my project" is not a valid experiment name[^]*azureml\.yml:\d+/);
  const sent = azure.requests.map(({ url }) => new URL(url).hostname);
  equal(sent.filter((host) => host !== "login.microsoftonline.com").length, 0, sent.join(", "));
});
