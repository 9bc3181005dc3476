import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { dirname } from "node:path";
import { keptRehearsals, newRehearsal } from "../../../src/app/runs/rehearsals.ts";
import { fakeContext } from "../../fakes/context.ts";
import { slashed } from "../../fakes/paths.ts";

Deno.test("rehearsals are kept only in folders that others cannot write", async () => {
  const ctx = fakeContext();
  const folder = (await newRehearsal(ctx, "/p"))!;
  match(
    slashed(folder),
    /^\/home\/user\/\.cache\/kedro-azureml\/rehearsed\/[0-9a-f]{12}\/\d{14}-[0-9a-f]{4}$/,
  );
  await ctx.fs.writeText(`${folder}/journal.jsonl`, "");
  deepStrictEqual(await keptRehearsals(ctx, "/p"), [folder]);
  const ofProject = dirname(folder);
  for (const shared of [ofProject, dirname(ofProject), dirname(dirname(ofProject))]) {
    const stat = async (path: string) => {
      const found = await ctx.fs.stat(path);
      return path === shared ? { ...found!, writableByOthers: true } : found;
    };
    const open = { ...ctx, fs: { ...ctx.fs, stat } };
    deepStrictEqual(await keptRehearsals(open, "/p"), [], shared);
    strictEqual(await newRehearsal(open, "/p"), undefined, shared);
  }
});
