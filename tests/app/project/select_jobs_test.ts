import { doesNotThrow, throws } from "node:assert/strict";
import {
  checkDisplayNames,
  requireSingleJob,
  type SelectedJobs,
} from "../../../src/app/project/select_jobs.ts";

Deno.test("requireSingleJob() rejects several jobs for an option that takes a single job", () => {
  const single = { code: "usage.one_name", option: "--name", hint: "Omit it" };
  for (const jobs of [0, 1]) doesNotThrow(() => requireSingleJob(jobs, single));
  doesNotThrow(() => requireSingleJob(2, undefined));
  throws(() => requireSingleJob(2, single), {
    code: "usage.one_name",
    message: "`--name` takes one job, but 2 were given",
  });
});

Deno.test("checkDisplayNames() rejects an empty name, and one for a job that is not selected", () => {
  const jobs = new Map([["main", {}], ["other", {}]]) as unknown as SelectedJobs["jobs"];
  const check = (displayNames?: Record<string, string>) => () => checkDisplayNames({ displayNames }, jobs);
  doesNotThrow(check());
  doesNotThrow(check({ main: "A", other: "B" }));
  const error = (job: string, why: string) => ({
    code: "usage.display_name",
    message: `Cannot set the display name of job "${job}": ${why}`,
    hint: "Write `--display-name main=NAME`",
  });
  throws(check({ other: "" }), error("other", "the name is empty"));
  throws(check({ main: "A", third: "B" }), error("third", "the job is not being submitted"));
});
