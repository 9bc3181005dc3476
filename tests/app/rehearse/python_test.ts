import assert from "node:assert/strict";
import { openStepPython } from "../../../src/app/rehearse/python.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("openStepPython() returns the folders of Python without the empty entry of sys.path", async () => {
  const stdout = "/venv/bin/python\n/venv/bin\n/usr/lib/python3.11\n\n/venv\n";
  const ctx = {
    ...fakeContext({
      exec: () => Promise.resolve({ status: 0, stdout, stderr: "", found: true, timedOut: false }),
    }),
    report() {},
  };
  const { python, bin, paths } = await openStepPython(ctx, { python: "python3" });
  assert.deepEqual([python, bin, paths], ["/venv/bin/python", "/venv/bin", ["/usr/lib/python3.11", "/venv"]]);
});
