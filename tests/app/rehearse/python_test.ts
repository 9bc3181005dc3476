import assert from "node:assert/strict";
import { openStepPython } from "../../../src/app/rehearse/python.ts";
import { fakeContext } from "../../fakes/context.ts";

Deno.test("openStepPython() returns Python's folders and omits the empty entry of sys.path", async () => {
  const stdout = "/venv/bin/python\n/venv/bin\n/usr/lib/python3.11\n\n/venv\n";
  const ran: string[] = [];
  const exec = (program: string, args: readonly string[]) => {
    ran.push([program, ...args].join(" "));
    return Promise.resolve({ status: 0, stdout, stderr: "", found: true, timedOut: false });
  };
  const ctx = { ...fakeContext({ exec }), report() {} };
  const { python, bin, paths } = await openStepPython(ctx, { stepPython: "python3" });
  assert.deepEqual([python, bin, paths], ["/venv/bin/python", "/venv/bin", ["/usr/lib/python3.11", "/venv"]]);
  assert.deepEqual(ran.map((line) => line.slice(0, 22)), ["python3 -c import sys,"]);
});

Deno.test("openStepPython() finds programs beside the interpreter and in the scripts folder", async () => {
  const stdout = "/usr/bin/python3\n/usr/local/bin\n/usr\n";
  const exec = async () => ({ status: 0, stdout, stderr: "", found: true, timedOut: false });
  const ctx = { ...fakeContext({ exec }), report() {} };
  assert.equal((await openStepPython(ctx, { stepPython: "python3" })).bin, "/usr/local/bin:/usr/bin");
});

for (
  const [what, answer, why] of [
    ["that ends with an error", { status: 1, stdout: "/p\n/b\n", stderr: "x\nno module\n" }, "no module"],
    ["that prints no interpreter", { stdout: "" }, "exit status 0"],
    ["that does not exist", { status: 127, found: false }, "file not found"],
    ["that may not be run", { status: 127, found: false }, "the file is not executable"],
  ] as const
) {
  Deno.test(`openStepPython() reports a Python ${what}`, async () => {
    const exit = { status: 0, stdout: "", stderr: "", found: true, timedOut: false, ...answer };
    const files: Record<string, string> = what.endsWith("not be run") ? { "/opt/py": "" } : {};
    const ctx = { ...fakeContext({ exec: () => Promise.resolve(exit), files }), report() {} };
    await assert.rejects(openStepPython(ctx, { stepPython: "/opt/py" }), {
      code: "rehearse.python",
      message: `Cannot run Python "/opt/py": ${why}`,
    });
  });
}
