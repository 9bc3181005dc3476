import { match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../src/cli/command_line.ts";
import { systemFs } from "../../src/system/fs.ts";
import { PROJECTS } from "../cli/world.ts";
import { fakeContext } from "../fakes/context.ts";

/** Copies a golden project to disk, with a pipe in place of a file. */
async function withPipe(file: string): Promise<string> {
  const root = await Deno.makeTempDir();
  await new Deno.Command("cp", { args: ["-r", `${PROJECTS}tiny/.`, root] }).output();
  await Deno.remove(join(root, file));
  const { success } = await new Deno.Command("mkfifo", { args: [join(root, file)] }).output();
  strictEqual(success, true);
  return root;
}

for (const file of ["pyproject.toml", "src/tiny/settings.py"]) {
  Deno.test(`config show rejects a pipe as ${file}`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const root = await withPipe(file);
    try {
      const ctx = { ...fakeContext({ cwd: root, env: {} }), fs: systemFs };
      strictEqual(await run(["config", "show"], ctx), 3);
      match(ctx.stderr(), new RegExp(`error: Cannot read .*${file}: it is not a regular file`));
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  });
}
