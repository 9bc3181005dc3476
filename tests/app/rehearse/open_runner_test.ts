import { deepEqual, equal, rejects } from "node:assert/strict";
import { openKeepFolder, openRunner } from "../../../src/app/rehearse/open_runner.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("openRunner() runs the given number of steps in parallel, or two by default", async () => {
  const exec = async () => ({
    status: 0,
    stdout: "/venv/bin/python\n/venv/bin\n",
    stderr: "",
    found: true,
    timedOut: false,
  });
  const ctx = { ...fakeContext({ exec }), report() {} };
  const counts: number[] = [];
  for (const options of [{ parallelSteps: 3 }, {}]) {
    const runner = await openRunner(ctx, { ...options, python: "/venv/bin/python" });
    counts.push(runner.options.parallelSteps);
    equal(runner.python, "/venv/bin/python");
    await runner.close();
  }
  deepEqual(counts, [3, 2]);
});

Deno.test("openKeepFolder() accepts the folder of an earlier rehearsal", async () => {
  const ctx = fakeContext();
  await openKeepFolder(ctx, "/kept", "kept");
  await ctx.fs.writeText("/kept/runs/j/log.txt", "");
  const files = [...ctx.files.keys()];
  await openKeepFolder(ctx, "/kept", "kept");
  deepEqual([...ctx.files.keys()], files);
});

Deno.test("openKeepFolder() rejects a project and writes nothing into it", async () => {
  const ctx = fakeContext({ files: { "/project/pyproject.toml": "" } });
  await rejects(openKeepFolder(ctx, "/project", "."), { code: "rehearse.keep", message: /"\."/ });
  deepEqual([...ctx.files.keys()], ["/project/pyproject.toml"]);
});

Deno.test("openKeepFolder() rejects a file", async () => {
  const ctx = fakeContext({ files: { "/kept": "" } });
  await rejects(openKeepFolder(ctx, "/kept", "kept"), { code: "rehearse.keep", message: /a file/ });
});
