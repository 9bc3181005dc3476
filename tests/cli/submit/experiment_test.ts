import { equal, match, ok } from "node:assert/strict";
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

Deno.test("submit names the experiment after the folder, in characters that Azure ML allows", async () => {
  const options = inFolder("my project: v1.2", (text) => text.replace(/^\s+experiment_name: .*\n/gm, ""));
  const { ctx, azure, kedroAzureml } = makeWorld(options);
  equal(await kedroAzureml("submit -j main"), 0, ctx.stderr());
  const [job] = azure.resources("jobs");
  equal(job!.properties.experimentName, "myproject-v1");
});

Deno.test("submit rejects an invalid experiment name and sends only sign-in requests", async () => {
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

Deno.test("submit --allow sends an invalid experiment name, which the emulator rejects", async () => {
  const options = inFolder(
    "tiny",
    (text) => text.replace(/experiment_name: .*/, "experiment_name: my project"),
  );
  const { ctx, kedroAzureml } = makeWorld(options);
  equal(await kedroAzureml("submit -j main --allow job.experiment_name"), 5);
  match(ctx.stderr(), /Experiment name 'my project' is invalid/);
});

Deno.test("submit rejects an empty display name, and a display name for a job that is not selected", async () => {
  for (
    const [value, why] of [
      ["main=", '"main": the name is empty'],
      ["one=x", '"one": the job is not being submitted'],
    ]
  ) {
    const { ctx, azure, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(["submit", "main", "--display-name", value!]), 2);
    ok(ctx.stderr().includes(`Cannot set the display name of job ${why}`), ctx.stderr());
    equal(azure.resources("jobs").length, 0);
  }
});
