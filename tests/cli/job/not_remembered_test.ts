import { equal, match } from "node:assert/strict";
import { fakeContext } from "../../fakes/context.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, projectFiles } from "../world.ts";

const { fs } = fakeContext({ files: projectFiles("tiny") });
const readOnly: typeof fs = {
  ...fs,
  async writeText() {
    throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
  },
};

/** Machines that cannot remember a job, and the reason that is shown. */
const MACHINES = {
  "without HOME": { world: { fs }, why: "there is no home folder (HOME is not set)" },
  "with a read-only HOME": {
    world: {
      fs: readOnly,
      env: { ...SIGNED_IN, XDG_STATE_HOME: "/state", XDG_CONFIG_HOME: "/c", XDG_CACHE_HOME: "/x" },
    },
    why: 'cannot write to "/state/kedro-azureml": permission denied',
  },
};

for (const [machine, { world, why }] of Object.entries(MACHINES)) {
  Deno.test(`submit ${machine} warns that its job is not remembered`, async () => {
    const { ctx, kedroAzureml } = makeWorld(world);
    equal(await kedroAzureml("submit main one"), 0, ctx.stderr());
    equal(
      ctx.stderr().split(`warning: Later commands will not know this job: ${why}`).length,
      2,
      ctx.stderr(),
    );
    match(
      ctx.stderr(),
      /hint: In the project, .+; elsewhere, submit with `--output-file jobs\.json` and pass `--from jobs\.json`, or set XDG_STATE_HOME/,
    );
    for (const line of ["job show", "rerun", "job logs", "job cancel --yes"]) {
      const before = ctx.stderr().length;
      equal(await kedroAzureml(line), 2);
      const shown = ctx.stderr().slice(before);
      equal(
        shown.includes(`error: Submitted jobs are not remembered on this machine: ${why}\n`),
        true,
        shown,
      );
    }
    await kedroAzureml("job show --json");
    equal(JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error.code, "job.not_remembered");
    equal(await kedroAzureml("job compare"), 5);
    match(ctx.stderr(), /No run matches "last~1": (?:there is no home|cannot write to)/);
  });
}

Deno.test("job show outside a project points to the jobs of a package", async () => {
  const { ctx, kedroAzureml } = makeWorld({ cwd: "/home/user" });
  equal(await kedroAzureml("job show fox"), 3);
  match(
    ctx.stderr(),
    /hint: Use `-C tiny`; jobs of a package are known in the folder that they were submitted from, and any job by its link/,
  );
  const forgetful = makeWorld({ ...MACHINES["without HOME"].world, cwd: "/home/user" });
  equal(await forgetful.kedroAzureml("rerun fox"), 3);
  match(
    forgetful.ctx.stderr(),
    /are not remembered on this machine \(there is no home folder \(HOME is not set\)\), so pass `--from FILE` with/,
  );
  equal(await kedroAzureml("validate"), 3);
  match(ctx.stderr(), /hint: Use `-C tiny`\n$/);
});
