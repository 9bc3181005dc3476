import { readSchedules } from "../schedules/from_config.ts";
import type { Finding } from "./finding.ts";
import type { Check, JobSubject } from "./subject.ts";

/** Schedules that cannot be made, of jobs that have one. */
export const schedules: Check<JobSubject> = {
  asks: "Can the schedules be made?",
  run({ config, place, jobs }) {
    return jobs.flatMap(({ name, config: job }) => {
      const { problems } = readSchedules({ config, jobs: new Map([[name, job]]), place });
      return problems.map(({ code, key, problem, place }): Finding => ({
        severity: "error",
        code,
        message: `${key}: ${problem}`,
        place,
        jobs: [name],
      }));
    });
  },
};
