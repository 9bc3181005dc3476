import { deepEqual } from "node:assert/strict";
import { openStepPython } from "../../src/app/rehearse/python.ts";
import { exec } from "../../src/system/exec.ts";
import { fakeContext } from "../fakes/context.ts";

Deno.test("openStepPython() returns the folder of a virtual environment, and that of its Python", async () => {
  const of = (python: string) =>
    openStepPython({ ...fakeContext(), exec, report() {} }, { stepPython: python });
  const { python, paths: [base] } = await of("python3");
  const venv = await Deno.realPath(await Deno.makeTempDir());
  try {
    await Deno.mkdir(`${venv}/bin`);
    await Deno.writeTextFile(`${venv}/pyvenv.cfg`, `home = ${python.replace(/\/[^/]+$/, "")}\n`);
    await Deno.symlink(python, `${venv}/bin/python`);
    deepEqual((await of(`${venv}/bin/python`)).paths.slice(0, 2), [venv, base]);
  } finally {
    await Deno.remove(venv, { recursive: true });
  }
});
