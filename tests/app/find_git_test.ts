import { deepEqual } from "node:assert/strict";
import { findGit } from "../../src/app/git.ts";
import { fakeContext } from "../fakes/context.ts";

/** What is found of git at these paths, for a checkout at `/repo`. */
async function found(PATH: string, files: readonly string[], platform: "linux" | "windows" = "linux") {
  const ctx = fakeContext({
    env: { PATH },
    platform,
    files: Object.fromEntries(files.map((file) => [file, ""])),
  });
  return await findGit(ctx, { top: "/repo" });
}

Deno.test("git inside the checkout is not run", async () => {
  const links = new Map([["/links/git", "/repo/git"], ["/linked", "/repo/bin"]]);
  const env = { PATH: "/links:/linked:/usr/bin" };
  const ctx = fakeContext({ env, files: { "/links/git": "", "/linked/git": "", "/usr/bin/git": "" } });
  const realPath: typeof ctx.fs.realPath = async (path) => links.get(path) ?? await ctx.fs.realPath(path);
  deepEqual(await findGit({ ...ctx, fs: { ...ctx.fs, realPath } }, { top: "/repo" }), {
    program: "/usr/bin/git",
    path: "/links:/usr/bin",
  });
});

Deno.test("git.exe is found in PATH on Windows", async () => {
  deepEqual(await found("/repo;/a;/b", ["/repo/git.exe", "/a/git", "/b/git.exe"], "windows"), {
    program: "/b/git.exe",
    path: "/a;/b",
  });
});
