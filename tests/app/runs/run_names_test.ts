import { deepEqual, equal, throws } from "node:assert/strict";
import { isLike, rememberedRun, runsLike } from "../../../src/app/runs/names.ts";

import type { RememberedJob } from "../../../src/app/runs/submitted_jobs.ts";

import type { Job } from "../../../src/azureml/runs/jobs.ts";
import type { JobConfig } from "../../../src/config/schema.ts";

Deno.test("earlier runs are found by the configured experiment name", () => {
  const job = { pipeline: { pipeline_name: "train" }, schedule: null } as JobConfig;
  const root = "/home/ada/my project.v2";
  deepEqual(runsLike("main", job, { experimentName: undefined }, root), {
    displayName: "train",
    experimentName: "myproject",
    schedules: [],
  });
  deepEqual(runsLike("main", job, { experimentName: "configured" }, root).experimentName, "configured");
  const schedule = { cron: { expression: "0 2 * * *" } };
  const named = { ...job, display_name: "", experiment_name: "own", schedule } as unknown as JobConfig;
  deepEqual(runsLike("main", named, { experimentName: "configured" }, root), {
    displayName: "train",
    experimentName: "own",
    schedules: ["main"],
  });
});

Deno.test("NAME~N goes N runs back", () => {
  const runs = ["fox", "bear", "owl"].map((name) => ({ name, job: "main" })) as RememberedJob[];
  const found = (typed: string) => rememberedRun(typed, runs, undefined)?.name;
  deepEqual(["main", "main~0", "main~2", "last~1", "bear"].map(found), ["fox", "fox", "owl", "bear", "bear"]);
  for (const typed of ["main~1e0", "main~0x1", "main~ 1", "main~", "main~1.0"]) {
    throws(() => found(typed), {
      code: "compare.no_run",
      message: `No run matches "${typed}": after "~" comes how many runs to go back, as in "last~1"`,
    });
  }
});

Deno.test("the name of a run takes precedence over the name of a job", () => {
  const runs = [{ name: "fox", job: "main" }, { name: "main", job: "one" }] as RememberedJob[];
  equal(rememberedRun("main", runs, undefined), runs[1]);
  for (
    const [typed, whyNone, why] of [
      ["main~1", undefined, "1 run is remembered on this machine"],
      ["last~2", undefined, "2 runs are remembered on this machine"],
      ["two~0", undefined, "0 runs are remembered on this machine"],
      ["last~2", "there is no home folder", "there is no home folder"],
    ] as const
  ) {
    throws(() => rememberedRun(typed, runs, whyNone), {
      code: "compare.no_run",
      exit: 5,
      message: `No run matches "${typed}": ${why}`,
    });
  }
});

for (
  const [displayName, expected] of [
    ["train", true],
    ["main-nightly-20260102T020000Z", true],
    ["main-20260102T020000Z", false],
    ["main-nightly-20260102", false],
    ["main-nightly", false],
  ] as const
) {
  Deno.test(`a run with display name "${displayName}" is ${expected ? "an" : "no"} earlier run of the job`, () => {
    const like = { displayName: "train", experimentName: "shop", schedules: ["main-nightly", "main-1"] };
    equal(isLike({ displayName, experimentName: "shop" } as Job, like), expected);
    equal(isLike({ displayName, experimentName: "other" } as Job, like), false);
  });
}
