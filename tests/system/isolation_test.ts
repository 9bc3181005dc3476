import assert from "node:assert/strict";
import { findIsolation } from "../../src/emulator/runner/isolation.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { hasFile } from "./served.ts";
import { withSteps } from "./steps.ts";

const root = await Deno.makeTempDir();
const isolation = Deno.build.os === "linux"
  ? await findIsolation({ exec, fs: systemFs }, root, ["", "relative", `${root}/absent`, `${root}/venv`])
  : undefined;
const ignore = isolation === undefined;
addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

Deno.test("isolated steps have their own /tmp", { ignore }, async () => {
  const file = `/tmp/${crypto.randomUUID()}`;
  await Deno.mkdir(`${root}/venv`);
  await Deno.writeTextFile(`${root}/venv/there`, "yes");
  const a =
    `ls -A /tmp | grep -c . ; cat "${root}/venv/there"; echo; pwd -P; cat a.txt; echo one >${file}; cat ${file}; ` +
    `echo two >$TMPDIR/other; cat /tmp/other; echo x >\${{outputs.out}}/x`;
  const steps = {
    a: { command: a },
    b: { command: `ls ${file} || echo absent; echo y >\${{outputs.out}}/y`, inputs: { from: "a.out" } },
  };
  await withSteps(steps, { isolation }, async (job) => {
    await job.until("Completed");
    const lines = (await job.log("a")).trim().split("\n");
    const expected = ["yes", `${job.folder}/runs/j1/a/wd`, "uploadedone", "two"];
    assert.deepEqual(lines.slice(1), expected);
    assert.match(await job.log("b"), /absent\n$/);
    assert.equal(hasFile(file), false);
  });
});

Deno.test("isolated steps cannot change their inputs", { ignore }, async () => {
  const word = `${Math.floor(1e6 + Math.random() * 1e6)}`;
  const steps = {
    a: { command: `env -i setsid sleep ${word} & echo first >\${{outputs.out}}/x` },
    b: {
      command: "mount -o remount,bind,rw ${{inputs.from}}; umount -l ${{inputs.from}}; " +
        "unshare -Urm sh -c 'mount -o remount,bind,rw ${{inputs.from}}; touch ${{inputs.from}}/z'; " +
        "chmod u+w ${{inputs.from}}/x; echo second >${{inputs.from}}/x; touch ${{inputs.from}}/y; " +
        "rm -f ${{inputs.from}}/x; cat ${{inputs.from}}/x; ls ${{inputs.from}}; echo >${{outputs.out}}/z",
      inputs: { from: "a.out" },
    },
  };
  await withSteps(steps, { isolation }, async (job) => {
    await job.until("Completed");
    assert.match(await job.log("b"), /first\nx\n$/);
    assert.equal(await job.read("a", "outputs/out/x"), "first\n");
    assert.equal((await exec("pgrep", ["-f", `sleep ${word}`])).stdout, "");
  });
});

Deno.test("isolated steps end with the emulator", {
  ignore,
}, async () => {
  const word = `${Math.floor(1e6 + Math.random() * 1e6)}`;
  const steps = {
    a: { command: "id -u; kill -9 $$" },
    b: { command: `(setsid sleep ${word} &) ; sleep ${word}` },
  };
  await withSteps(steps, { isolation, folderName: "my folder " }, async (job) => {
    for (;;) {
      const found = await exec("pgrep", ["-cf", `sleep ${word}`]);
      if (Number(found.stdout) >= 2 && (await job.steps()).a?.status === "Failed") break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal((await job.log("a")).trim(), (await exec("id", ["-u"])).stdout.trim());
    assert.match((await job.steps()).a!.error!.error.message, /status code 137/);
    await job.emulator.close();
    // The kernel ends the processes of a namespace some time after its first one.
    while ((await exec("pgrep", ["-f", `sleep ${word}`])).stdout !== "") {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});
