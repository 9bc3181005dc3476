import type { Command } from "commander";
import type { FollowedRun } from "../../app/runs/follow_runs.ts";
import type { RehearseOptions, RehearseResult } from "../../app/rehearse/rehearse.ts";
import { shellWord } from "../../core/untrusted.ts";
import { command, type CommandContext, programOf, typedWords } from "../parse/command.ts";
import { alike, flag, text, value } from "../parse/field.ts";
import { GLOBAL_OPTIONS } from "../parse/global_options.ts";
import {
  checking,
  compiling,
  failing,
  inWorkspaceForAll,
  jobNames,
  overriding,
  overwriting,
  readingProject,
  runningSteps,
  stepPython,
} from "../parse/options.ts";
import { milliseconds } from "../parse/values.ts";
import { failedOutput, skippedOutput } from "../text/error.ts";
import type { Output } from "../text/output.ts";
import { renderEnd } from "../text/run_results.ts";
import { renderReport } from "./job.ts";

export const rehearse = command({
  name: "rehearse",
  about: `Run jobs on this machine as Azure ML would, without an Azure account

The command of each step runs in bash, in a clean copy of the code, with only the variables that the job sets. Steps are not sandboxed: they run with your permissions. Without --venv or --python, it creates a Python environment once, and keeps it in the cache; see kedro-azureml help rehearsal.`,
  summary: "Run jobs on this machine as Azure ML would",
  examples: [
    [
      "rehearse main --venv .venv --data rides=data/rides.csv",
      "Use your virtual environment, and a local file for a data asset",
    ],
  ],
  args: jobNames(),
  options: {
    ...inWorkspaceForAll,
    logs: flag("--logs", "also print the logs of running steps"),
    timeoutMs: value("--timeout <time>", "stop after this time, such as 90s or 2h", milliseconds, {
      isRare: true,
    }),
    report: text("--report <file>", "HTML report of the job (of several, one each)"),
    previews: flag("--previews", "with --report, include the beginning of files that steps wrote", {
      isRare: true,
    }),
    ...checking,
    ...stepPython("Python interpreter that runs the steps"),
    ...runningSteps,
    ...failing("comma-separated names of steps that fail, such as train,report"),
    ...compiling,
    ...alike(overriding, { isRare: true }),
    params: overriding.params,
    ...readingProject,
    ...overwriting("--report"),
  },
  run: runRehearsal,
});

/** Runs jobs on this machine, and says what to do then. */
export async function* runRehearsal(
  ctx: CommandContext,
  options: RehearseOptions,
  command?: Command,
): AsyncIterable<Output> {
  const { rehearseJobs } = await import("../../app/rehearse/rehearse.ts");
  const ended: FollowedRun[] = [];
  let [isGood, hasPlaceholders] = [true, false];
  let folder: string | undefined;
  for await (const result of rehearseJobs(ctx, options)) {
    const rendered = render(result, options.keep);
    const isResult = rendered.data !== undefined;
    const output = isResult
      ? { ...rendered, data: { type: result.type, ...rendered.data as object } }
      : rendered;
    yield output;
    isGood &&= output.exit === undefined || output.exit === 0;
    if (result.type === "ended") ended.push(result.run);
    if (result.type === "checked") ({ hasPlaceholders } = result);
    if (result.type === "rehearsing") ({ folder } = result);
  }
  const typed = command === undefined ? [] : [
    ...typedWords(command, compiling),
    ...typedWords(programOf(command), { env: GLOBAL_OPTIONS.env }),
  ];
  // Nodes that were selected without a job have a name that no job in azureml.yml has.
  const names = options.names.length === 0 && typed.length > 0 ? [] : ended.map(({ job }) => job);
  const submit = `\`${["kedro-azureml submit", ...names, ...typed].join(" ")}\``;
  const toAzure = hasPlaceholders
    ? `Run \`kedro-azureml init\` to choose a workspace, then ${submit}`
    : `Run ${submit} to run it on Azure ML`;
  const failed = ended.filter(({ status }) => status === "Failed").map(({ job }) => job);
  const where = options.keep === undefined ? "--rehearsal" : `--from ${shellWord(options.keep)}`;
  const again = folder === undefined
    ? ["The logs and outputs of the steps were deleted; add `--report FILE` or `--keep DIR` to keep them"]
    : ended.length === 0
    ? []
    : [
      // A step that was told to fail has no log.
      ...(failed.length === 0 || options.fail !== undefined ? [] : [
        `Run \`${
          ["kedro-azureml job logs", ...(ended.length > 1 ? failed : []), "--failed", where].join(" ")
        }\` to read the logs of the steps that failed`,
      ]),
      `Run \`kedro-azureml job report ${where}\` to see the run again${
        options.keep === undefined ? ", until the next rehearsal" : ""
      }`,
    ];
  yield { text: "", next: [...(isGood ? [toAzure] : []), ...again] };
}

function render(result: RehearseResult, keep: string | undefined): Output {
  switch (result.type) {
    case "checked":
      return { text: "", warnings: result.warnings };
    case "rehearsing": {
      const { python, folder, data } = result;
      const kept = keep === undefined ? "" : `; keeping files in ${folder}`;
      const assets = data.map(({ name, path }) => `✓ Data asset ${name}: ${path}\n`).join("");
      return {
        isProgress: true,
        text: `${assets}  Running steps ${
          python === undefined ? "on this machine" : `with ${python}`
        }${kept}\n`,
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
      return { text: "" };
  }
}
