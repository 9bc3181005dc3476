import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { openUploadMemory } from "../../../src/azureml/submit/upload.ts";
import { userFolders } from "../../../src/core/files.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { modeOf } from "../../fakes/paths.ts";
import { makeWorld } from "../../cli/world.ts";
import { createFolder } from "../../fakes/folder.ts";

const GRANT = { blobUri: "https://a/c", sasUri: "https://a/c?se=2026&sig=secret", storageAccountId: "/s" };

Deno.test("openUploadMemory() writes files that only their owner can read", async () => {
  await using temporary = await createFolder();
  const { root: home } = temporary;
  const ctx = { ...fakeContext({ fs: systemFs }), home, env: {} };
  const memory = openUploadMemory(ctx);
  equal(await memory.recall("/codes/x"), undefined);
  await memory.remember("/codes/x", GRANT);
  deepEqual([await memory.recall("/codes/x"), await memory.recall("/Codes/X")], [GRANT, GRANT]);
  const folder = join(userFolders(ctx)!.state, "uploads");
  const [file] = [...Deno.readDirSync(folder)];
  equal(modeOf(`${folder}/${file!.name}`), 0o600);
  await memory.forget("/codes/x");
  equal(await memory.recall("/codes/x"), undefined);
});

Deno.test("recall() ignores damaged files", async () => {
  const ctx = fakeContext();
  const memory = openUploadMemory(ctx);
  await memory.remember("/codes/x", GRANT);
  for (const text of ["{", "{}", '{"blobUri": 1}', "null"]) {
    for (const path of [...ctx.files.keys()]) ctx.files.set(path, new TextEncoder().encode(text));
    equal(await memory.recall("/codes/x"), undefined, text);
  }
  const homeless = openUploadMemory({ ...ctx, home: undefined });
  await homeless.remember("/codes/x", GRANT);
  equal(await homeless.recall("/codes/x"), undefined);
});

Deno.test("recall() ignores what another user can have written", async () => {
  const ctx = fakeContext();
  await openUploadMemory(ctx).remember("/codes/x", GRANT);
  const stat = async (path: string) => ({ ...(await ctx.fs.stat(path))!, writableByOthers: true });
  const memory = openUploadMemory({ ...ctx, fs: { ...ctx.fs, stat } });
  equal(await memory.recall("/codes/x"), undefined);
});

Deno.test("submit resumes an interrupted upload", async () => {
  const fault = {
    method: "PUT",
    url: /settings\.py\?/,
    times: 5,
    happens: { kind: "status", status: 503 },
  } as const;
  const { azure, ctx, kedroAzureml } = makeWorld({ emulator: { faults: [fault] } });
  equal(await kedroAzureml("submit -j main"), 6);
  const before = azure.requests.length;
  equal(await kedroAzureml("submit -j main"), 0, ctx.stderr());
  const again = azure.requests.slice(before).filter(({ url }) => url.includes("startPendingUpload"));
  equal(again.length, 0);
  equal(azure.resources("jobs").length, 1);
  equal([...ctx.files.keys()].filter((path) => path.includes("/uploads/")).length, 0);
});

Deno.test("remember() removes uploads older than a day", async () => {
  await using temporary = await createFolder();
  const { root: home } = temporary;
  const ctx = { ...fakeContext({ fs: systemFs }), home, env: {} };
  const memory = openUploadMemory({ ...ctx, clock: { ...ctx.clock, now: () => new Date() } });
  for (const asset of ["/codes/old", "/codes/recent"]) await memory.remember(asset, GRANT);
  const folder = join(userFolders(ctx)!.state, "uploads");
  const ages = [25, 23].map((hours) => new Date(Date.now() - hours * 3_600_000));
  const paths = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  paths.forEach((path, at) => Deno.utimeSync(path, ages[at]!, ages[at]!));

  await memory.remember("/codes/new", GRANT);

  const left = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  deepEqual([left.length, left.includes(paths[0]!), left.includes(paths[1]!)], [2, false, true]);
});
