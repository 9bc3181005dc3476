import { equal } from "node:assert/strict";
import { makeWorld } from "./world.ts";

const NOTES = "my notes\n";

/** Commands that write FILE, after a job was submitted and downloaded. */
const WRITES = [
  "compile main -o FILE",
  "compile main -o FILE --format json",
  "compile main -o FILE --format rest",
  "compile main -o FILE --format mermaid",
  "pack main -o FILE",
  "submit main --output-file FILE",
  "rerun fox --name again --output-file FILE",
  "job report fox -o FILE",
  "inspect --html -o FILE",
];

for (const line of WRITES) {
  Deno.test(`${line} needs --force to replace a file of another program`, async () => {
    const { ctx, azure, kedroAzureml } = makeWorld();
    equal(await kedroAzureml("submit main --name fox --wait"), 0, ctx.stderr());
    const file = "/home/user/out/page.x";
    const typed = line.replace("FILE", file);
    ctx.files.set(file, new TextEncoder().encode(NOTES));
    const sent = azure.requests.length;
    equal(await kedroAzureml([...typed.split(" "), "--json"]), 2, ctx.stderr());
    equal(JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error.code, "file.exists");
    equal(new TextDecoder().decode(ctx.files.get(file)), NOTES);
    equal(azure.requests.slice(sent).some(({ method }) => method === "PUT"), false);
    equal(await kedroAzureml(`${typed} --force`), 0, ctx.stderr());
    equal(await kedroAzureml(typed), 0, ctx.stderr());
  });
}

Deno.test("job download needs --force to replace files of another program", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("submit main --name fox --wait"), 0, ctx.stderr());
  equal(await kedroAzureml("job download fox -o /out --logs"), 0, ctx.stderr());
  const file = [...ctx.files.keys()].find((path) => path.startsWith("/out/") && path.endsWith(".txt"))!;
  const notes = new TextEncoder().encode(NOTES);
  ctx.files.set(file, notes);
  equal(await kedroAzureml("job download fox -o /out --logs"), 0, ctx.stderr());
  ctx.files.delete("/out/fox/.kedro-azureml-download");
  ctx.files.set(file, notes);
  equal(await kedroAzureml("job download fox -o /out --logs --json"), 2);
  equal(JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error.code, "download.exists");
  equal(ctx.files.get(file), notes);
  equal(await kedroAzureml("job download fox -o /out --logs --force"), 0, ctx.stderr());
});
