import { match, strictEqual } from "node:assert/strict";
import { makeWorld } from "../world.ts";

for (const platform of ["windows", "darwin", "linux"] as const) {
  Deno.test(`compile ${platform === "linux" ? "accepts" : "rejects"} job names that differ only in case on ${platform}`, async () => {
    const { ctx, kedroAzureml } = makeWorld({ platform });
    const file = [...ctx.files.keys()].find((path) => path.endsWith("conf/base/azureml.yml"))!;
    const text = await ctx.fs.readText(file);
    const main = /^ {2}main:\n(?: {4}.*\n| *\n)+/m.exec(text)![0];
    await ctx.fs.writeText(file, text.replace(main, `${main}${main.replace("main:", "MAIN:")}`));
    const code = await kedroAzureml("compile -j main -j MAIN");
    strictEqual(code, platform === "linux" ? 0 : 3, ctx.stderr());
    const written = [...ctx.files.keys()].filter((path) => /pipeline.*\.yaml$/i.test(path));
    strictEqual(written.length, platform === "linux" ? 2 : 0, written.join());
    if (platform !== "linux") match(ctx.stderr(), /Jobs "main" and "MAIN" would both be written to/);
  });
}
