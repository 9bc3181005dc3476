import assert from "node:assert/strict";
import { openKeepFolder } from "../../../src/app/rehearse/keep_folder.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("openKeepFolder() accepts the folder of an earlier rehearsal", async () => {
  const ctx = fakeContext();
  await openKeepFolder(ctx, "/kept", "kept");
  await ctx.fs.writeText("/kept/runs/j/log.txt", "");
  const files = [...ctx.files.keys()];
  await openKeepFolder(ctx, "/kept", "kept");
  assert.deepEqual([...ctx.files.keys()], files);
});

Deno.test("openKeepFolder() rejects a project and any other folder with files", async () => {
  const ctx = fakeContext({ files: { "/project/pyproject.toml": "" } });
  await assert.rejects(openKeepFolder(ctx, "/project", "."), { code: "rehearse.keep", message: /"\."/ });
  assert.deepEqual([...ctx.files.keys()], ["/project/pyproject.toml"]);
});

Deno.test("openKeepFolder() rejects a file", async () => {
  const ctx = fakeContext({ files: { "/kept": "" } });
  await assert.rejects(openKeepFolder(ctx, "/kept", "kept"), { code: "rehearse.keep", message: /a file/ });
});
