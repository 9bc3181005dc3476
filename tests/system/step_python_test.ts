import { deepEqual, rejects } from "node:assert/strict";
import { openStepPython, requireKedro } from "../../src/app/rehearse/python.ts";
import { exec } from "../../src/system/exec.ts";
import { fakeContext } from "../fakes/context.ts";
import { createFolder } from "../fakes/folder.ts";

Deno.test("openStepPython() returns the folder of a virtual environment", async () => {
  const of = (python: string) =>
    openStepPython({ ...fakeContext(), exec, report() {} }, { stepPython: python });
  const { python, paths: [base] } = await of("python3");
  await using temporary = await createFolder();
  const { root: venv } = temporary;
  await Deno.mkdir(`${venv}/bin`);
  await Deno.writeTextFile(`${venv}/pyvenv.cfg`, `home = ${python.replace(/\/[^/]+$/, "")}\n`);
  await Deno.symlink(python, `${venv}/bin/python`);
  deepEqual((await of(`${venv}/bin/python`)).paths.slice(0, 2), [venv, base]);

  // The system may have a Kedro of its own, which steps would run.
  const alone: typeof exec = (program, args, options) =>
    exec(program, args.map((arg) => arg.replace(/:\/usr\/local\/sbin:.*/, "")), options);
  const check = () => requireKedro({ ...fakeContext(), exec: alone, report() {} }, { venv });
  await rejects(check(), { code: "rehearse.python", message: /has no Kedro/ });
  await Deno.writeTextFile(`${venv}/bin/kedro`, "", { mode: 0o755 });
  await check();

  // The folder that commands are run in may be anybody's.
  for (const name of ["sysconfig", "shutil"]) await Deno.writeTextFile(`${venv}/${name}.py`, "exit(3)\n");
  const there: typeof exec = (program, args, options) => exec(program, args, { ...options, cwd: venv });
  await requireKedro({ ...fakeContext(), exec: there, report() {} }, { venv });
});
