import type { AppContext } from "../../app/context.ts";
import { rehearseJobs, type RehearseOptions, type RehearseResult } from "../../app/rehearse/rehearse.ts";
import { exitCodeForRun, type Output } from "../command/output.ts";
import {
  type FollowTyped,
  jobsRequest,
  type JobsTyped,
  limitsOf,
  stepPython,
  type StepPythonTyped,
} from "../command/requests.ts";
import { endedStepData } from "../text/run_results.ts";
import { renderReport } from "../job/report.ts";
import { renderError } from "../text/error.ts";
import { mainMetricsText, metricData } from "../text/metrics.ts";
import { durationText } from "../../core/text/duration.ts";

/** What is typed for `rehearse`. */
type RehearseTyped =
  & JobsTyped
  & StepPythonTyped
  & Omit<FollowTyped, "waitForCompletion">
  & Omit<RehearseOptions, "follow" | "python">;

async function rehearseRequest(ctx: AppContext, typed: RehearseTyped): Promise<RehearseOptions> {
  const { timeout, logs, python, venv, ...rest } = typed;
  return {
    ...await jobsRequest(ctx, rest),
    follow: limitsOf({ timeout, logs }),
    python: stepPython(ctx, { python, venv }),
  };
}

/** Runs jobs on this machine, prints their results, and suggests the next command. */
export async function* rehearse(ctx: AppContext, typed: RehearseTyped): AsyncIterable<Output> {
  const completed: string[] = [];
  let isGood = true;
  for await (const result of rehearseJobs(ctx, await rehearseRequest(ctx, typed))) {
    const rendered = render(result);
    const isResult = rendered.data !== undefined;
    const output = isResult
      ? { ...rendered, data: { type: result.type, ...rendered.data as object } }
      : rendered;
    yield output;
    isGood &&= output.exit === undefined || output.exit === 0;
    if (result.type === "ended") completed.push(result.run.job);
  }
  const next = [
    ...(isGood && completed.length > 0
      ? [`Run \`kedro-azureml submit ${completed.join(" ")}\` to run it on Azure ML`]
      : []),
    ...(typed.keep === undefined || completed.length === 0
      ? []
      : [`Run \`kedro-azureml job report --from ${typed.keep}\` to see the run again`]),
  ];
  if (next.length > 0) yield { data: undefined, text: "", next };
}

function render(result: RehearseResult): Output {
  switch (result.type) {
    case "checked":
      return { data: undefined, text: "", warnings: result.warnings };
    case "rehearsing": {
      const kept = result.folder === undefined ? "" : `; keeping files in ${result.folder}`;
      const assets = result.data.map(({ name, path }) => `✓ Data asset ${name}: ${path}\n`).join("");
      return {
        data: undefined,
        text: `${assets}Running steps on this machine with ${result.python}${kept}\n`,
      };
    }
    case "submitted": {
      const { job, name, studioUrl } = result.job;
      return {
        data: { job, name, studioUrl },
        text: `✓ Started job ${job} as ${name}\n  Its page while it runs:\n${studioUrl}\n`,
      };
    }
    case "ended": {
      const { job, name, status, durationMs, steps, metrics } = result.run;
      const mark = status === "Completed" ? "✓" : "✗";
      return {
        data: {
          ...{ job, name, status, durationMs, steps: steps.map(endedStepData) },
          ...(metrics.length > 0 && { metrics: metrics.map(metricData) }),
        },
        text: `${mark} Job ${job}: ${status} after ${durationText(durationMs)}\n` + mainMetricsText(metrics),
        exit: exitCodeForRun(status),
      };
    }
    case "report":
      return renderReport(result.report);
    case "failed": {
      const { data, text } = renderError(result.error);
      return {
        data: { job: result.job, ...data as Record<string, unknown> },
        text: `✗ Job ${result.job} did not run\n${text.replace(/^(?=.)/gm, "  ")}`,
        exit: result.error.exit,
      };
    }
    case "skipped":
      return {
        data: { job: result.job, skipped: true, because: result.because },
        text: `· Skipped job ${result.job} because ${result.because} failed\n`,
      };
    default:
      return { data: undefined, text: "" };
  }
}
