import { deepEqual, doesNotThrow, equal, throws } from "node:assert/strict";
import { withOption } from "../../../src/app/project/job_of_selection.ts";
import {
  checkDisplayNames,
  requireSingleJob,
  type SelectedJobs,
} from "../../../src/app/project/select_jobs.ts";
import { UserError } from "../../../src/core/errors.ts";
import type { ProjectSnapshot } from "../../../src/kedro/snapshot.ts";

const PIPELINES = {
  __default__: { nodes: [{ name: "clean" }] },
  training: { nodes: [{ name: "clean" }, { name: "fit model" }] },
} as unknown as ProjectSnapshot["pipelines"];

/** The message and hint for unknown jobs. */
function explained(...unknown: readonly string[]) {
  const message = `Job "${unknown[0]}" not found in azureml.yml (did you mean "x"?)`;
  const { hint, message: said } = withOption(
    new UserError(message, { code: "job.unknown", hint: "Use another", data: { unknown } }),
    PIPELINES,
  );
  return [said, /submit ([^`]*)`/.exec(hint!)?.[1] ?? hint];
}

Deno.test("withOption() names the option for a pipeline or node with the name of an unknown job", () => {
  const notFound = (name: string) => `Job "${name}" not found in azureml.yml`;
  deepEqual(explained("training"), [`${notFound("training")}; it is a pipeline`, "-p training"]);
  deepEqual(explained("clean"), [`${notFound("clean")}; it is a node`, "--nodes clean"]);
  deepEqual(explained("fit model"), [
    `${notFound("fit model")}; it is a node`,
    "-p training --nodes 'fit model'",
  ]);
});

Deno.test("withOption() leaves errors about other names, and about several", () => {
  for (const names of [["none"], ["training", "clean"], []]) {
    equal(explained(...names)[1], "Use another", names.join());
  }
});

Deno.test("requireSingleJob() rejects several jobs for an option that takes one", () => {
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
