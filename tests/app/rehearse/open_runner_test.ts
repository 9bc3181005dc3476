import { deepEqual, equal } from "node:assert/strict";
import { openRunner } from "../../../src/app/rehearse/open_runner.ts";
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
