import assert from "node:assert/strict";
import { join } from "node:path";
import { OWN_FOLDER_MARK } from "../../../src/azureml/job/code/exclusions.ts";
import { openStateFolder } from "../../../src/app/emulator/start_emulator.ts";
import { openKept } from "../../../src/app/emulator/kept.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { modeOf } from "../../fakes/paths.ts";
import { createFolder } from "../../fakes/folder.ts";

Deno.test("emulator --state rejects the folder of a running emulator", async () => {
  const ctx = fakeContext();
  const first = await openStateFolder(ctx, "/state");
  await first.lock(4711);
  await assert.rejects(openStateFolder(ctx, "/state"), {
    code: "emulator.state_in_use",
    exit: 2,
    message: 'The state in "/state" is used by an emulator on port 4711',
    hint: `Wait until its job ends or stop it, or choose another folder; if none runs, remove ${
      join("/state/lock")
    }`,
  });
  assert.ok(ctx.files.has(`/state/${OWN_FOLDER_MARK}`), "the folder is not uploaded with the code");
  await first.release();
  await openStateFolder(ctx, "/state");
});

Deno.test("emulator --state makes a folder that only its user can enter", async () => {
  await using folder = await createFolder();
  const state = join(folder.root, "state");
  await openStateFolder({ ...fakeContext(), fs: systemFs }, state);
  if (Deno.build.os !== "windows") assert.equal(modeOf(state), 0o700);
});

Deno.test("emulator --state ignores the lock of a killed emulator", async () => {
  const nobody = { connect: () => Promise.reject(new Error("refused")) };
  const ctx = fakeContext({ probe: nobody, files: { "/state/lock": "4711" } });
  await (await openStateFolder(ctx, "/state")).lock(4712);
  assert.equal(await ctx.fs.readText("/state/lock"), "4712");
});

Deno.test("emulator --state rejects a file", async () => {
  const ctx = fakeContext({ files: { "/state": "" } });
  await assert.rejects(openStateFolder(ctx, "/state"), {
    code: "emulator.state",
    exit: 2,
    message: 'Cannot keep the state in "/state": it is a file',
    hint: "Use `--state` with a folder",
  });
  assert.deepEqual([...ctx.files.keys()], ["/state"]);
});

Deno.test("--from rejects a kept folder without jobs", async () => {
  for (
    const [line, code] of [
      ['["facts","folder","/kept"]', "kept.none"],
      ['["jobs","/subscriptions/s/jobs/j",null]', "emulator.state"],
      ["no JSON", "emulator.state"],
    ]
  ) {
    const ctx = { ...fakeContext({ files: { "/kept/journal.jsonl": `${line}\n` } }), report() {} };
    await assert.rejects(openKept(ctx, { from: "/kept", names: [] }), { code }, line);
  }
});
