import { match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { outputOf } from "../../scripts/shared/run_program.ts";
import { run } from "../../src/cli/command_line.ts";
import { systemFs } from "../../src/system/fs.ts";
import { PROJECTS } from "../cli/world.ts";
import { fakeContext } from "../fakes/context.ts";
import { createFolder } from "../fakes/folder.ts";

for (const file of ["pyproject.toml", "src/tiny/settings.py"]) {
  Deno.test(`config show rejects a pipe as ${file}`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    await using folder = await createFolder();
    const { root } = folder;
    await outputOf("cp", ["-r", `${PROJECTS}tiny/.`, root]);
    await Deno.remove(join(root, file));
    await outputOf("mkfifo", [join(root, file)]);
    const ctx = { ...fakeContext({ cwd: root, env: {} }), fs: systemFs };
    strictEqual(await run(["config", "show"], ctx), 3);
    match(ctx.stderr(), new RegExp(`error: Cannot read .*${file}: it is not a regular file`));
  });
}
