import { deepEqual, equal, match } from "node:assert/strict";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";
import { makeWorld } from "../world.ts";

/** A project in which the job `named_cron` has a workspace of its own, and what commands print as JSON. */
async function scheduling() {
  const world = makeWorld({ project: "cronflow" });
  const { ctx, kedroAzureml } = world;
  const other = { ...GOLDEN_WORKSPACE, name: "<workspace>" };
  await world.edit(
    "conf/base/azureml.yml",
    ["workspace:\n", `workspace:\n  other: ${JSON.stringify(other)}\n`],
    ["  monthly_recurrence:\n", "  monthly_recurrence:\n    display_name: Monthly\n"],
    ["  named_cron:\n", "  named_cron:\n    workspace: other\n"],
  );
  return async (line: string) => {
    const before = [ctx.stdout().length, ctx.stderr().length] as const;
    equal(await kedroAzureml(`${line} --json`), 0, ctx.stderr());
    const out = ctx.stdout().slice(before[0]).trim().split("\n").map((line) => JSON.parse(line));
    return { out, err: ctx.stderr().slice(before[1]) };
  };
}

Deno.test("schedule --delete works in the workspace of each job", async () => {
  const printed = await scheduling();
  const { out, err } = await printed("schedule --delete --dry-run named_cron multi");
  deepEqual(out.map(({ schedule, job, workspace }) => [schedule, job, workspace.name]), [
    ["named_cron", "named_cron", "<workspace>"],
    ["multi-nightly", "multi", "ws-golden"],
    ["multi-1", "multi", "ws-golden"],
    ["multi-2", "multi", "ws-golden"],
  ]);
  match(err, /"config.placeholder"/);
  const named = await printed("schedule --delete --dry-run -w other multi");
  deepEqual(named.out.map(({ workspace }) => workspace.name), ["<workspace>", "<workspace>", "<workspace>"]);
});
