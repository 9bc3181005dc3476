import { shellWord } from "../../core/untrusted.ts";
import type { AppContext } from "../../app/context.ts";
import { rehearseJobs, type RehearseRequest, type RehearseResult } from "../../app/rehearse/rehearse.ts";
import type { Output } from "../text/output.ts";
import { checkRequest, type CheckTyped } from "../parse/requests.ts";
import { followLimits, type FollowTyped } from "../parse/run_requests.ts";
import { stepsRequest, type StepsTyped } from "../parse/steps_request.ts";
import { renderEnd } from "../text/run_results.ts";
import { renderReport } from "./job.ts";
import { failedOutput, skippedOutput } from "../text/error.ts";

/** What is typed for `rehearse`. */
interface RehearseTyped extends CheckTyped, StepsTyped, Omit<FollowTyped, "waitForCompletion"> {
  readonly fail?: readonly string[];
  readonly report?: string;
  readonly previews?: boolean;
  readonly force?: boolean;
}

async function rehearseRequest(ctx: AppContext, typed: RehearseTyped): Promise<RehearseRequest> {
  const { fail, report: file, previews, force } = typed;
  return {
    ...await checkRequest(ctx, typed),
    steps: stepsRequest(ctx, typed),
    fail,
    follow: followLimits(typed),
    report: file === undefined ? undefined : { file, force, previews },
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
    ...(isGood ? [`Run \`kedro-azureml submit ${completed.join(" ")}\` to run it on Azure ML`] : []),
    ...(typed.keep === undefined || completed.length === 0
      ? []
      : [`Run \`kedro-azureml job report --from ${shellWord(typed.keep)}\` to see the run again`]),
  ];
  yield { data: undefined, text: "", next };
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
        isProgress: true,
        text: `${assets}Running steps on this machine with ${result.python}${kept}\n`,
      };
    }
    case "submitted": {
      const { job, name, studioUrl } = result.job;
      return {
        data: { job, name, studioUrl },
        isProgress: true,
        text: `✓ Started job ${job} as ${name}\n  Its page while it runs:\n${studioUrl}\n`,
      };
    }
    case "ended":
      return renderEnd(result.run, { isKept: false });
    case "report":
      return renderReport(result.report);
    case "failed":
      return failedOutput(`Job ${result.job} did not run`, { job: result.job }, result.error);
    case "skipped":
      return skippedOutput(result.job, result.because);
    default:
      return { data: undefined, text: "" };
  }
}
