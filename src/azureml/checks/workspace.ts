import { didYouMean } from "../../core/text/suggest.ts";
import type { Finding } from "./finding.ts";
import type { Check, JobSubject } from "./subject.ts";

/** Jobs that name a workspace which azureml.yml does not have. */
export const workspaces: Check<JobSubject> = {
  asks: "Is there the workspace that a job names?",
  run: ({ jobs, config, place, workspace }) =>
    jobs.filter((job) => job.workspace === undefined).map(({ name, config: job }): Finding => {
      const asked = workspace ?? job.workspace ?? "__default__";
      const names = Object.keys(config.workspace);
      return {
        severity: "error",
        code: "workspace.unknown",
        message: `There is no workspace "${asked}" in azureml.yml${didYouMean(asked, names)}`,
        hint: `Name one of them, or add "${asked}" to \`workspace\` in azureml.yml`,
        details: [`workspaces: ${names.join(", ")}`],
        ...(workspace === undefined && { place: place(["jobs", job.key, "workspace"]) }),
        jobs: [name],
      };
    }),
};
