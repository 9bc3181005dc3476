import { equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Runs a command line on a job whose schedule cannot have the job's name. */
async function onBadName(command: readonly string[]) {
  const { ctx, kedroAzureml } = makeWorld();
  const job = '  "nächtlich job": {pipeline: {}, schedule: {cron: {expression: 0 2 * * *}}}\n';
  const path = `${ctx.cwd}/conf/base/azureml.yml`;
  const config = new TextDecoder().decode(ctx.files.get(path));
  ctx.files.set(path, new TextEncoder().encode(config.replace("jobs:\n", `jobs:\n${job}`)));
  return [await kedroAzureml(command), ctx.stderr()] as const;
}

for (const command of [["submit", "--dry-run"], ["submit"], ["diff"], ["compile"]]) {
  Deno.test(`${command.join(" ")} ignores an invalid schedule name of the job`, async () => {
    const [exit, err] = await onBadName([...command, "nächtlich job"]);
    equal(exit, command[0] === "diff" ? 5 : 0, err);
    equal(err.includes("its name would be"), false, err);
  });
}

for (const command of [["schedule"], ["schedule", "--dry-run"], ["pack", "-o", "x.kap"]]) {
  Deno.test(`${command.join(" ")} fails for a job with an invalid name for its schedule`, async () => {
    const [exit, err] = await onBadName([...command, "nächtlich job"]);
    equal(exit, 3, err);
    match(err, /its name would be "nächtlich job"; .*: rename the job\n/);
  });
}
