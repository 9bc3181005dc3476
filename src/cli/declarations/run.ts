import type { Command } from "commander";
import { callbackName, displayNameOfJob, list, nameOfJob, seconds } from "../parse/values.ts";
import type { Declaring } from "../parse/command.ts";
import {
  checking,
  compiling,
  following,
  overwriting,
  packaged,
  reading,
  runningSteps,
  WORKSPACE_OF_ALL,
  WORKSPACE_OF_RUN,
} from "../parse/old_options.ts";

/** Declares the commands of the group "Run". */
export function declareRunGroup(root: Command, declaring: Declaring): void {
  declareRehearse(root, declaring);
  declareSubmit(root, declaring);
  declareRerun(root, declaring);
  declareDiff(root, declaring);
  declarePack(root, declaring);
}

const REHEARSE_ABOUT = `Run jobs on this machine as Azure ML would, without an Azure account

The code is uploaded to a local emulator of Azure ML. The command of each step runs in bash, in a clean copy of the uploaded code, with only the variables that the job sets. Steps are not sandboxed: they run with your permissions.`;

function declareRehearse(root: Command, { declare, run }: Declaring): void {
  const rehearse = declare(root, "rehearse", REHEARSE_ABOUT, [
    ["rehearse main", "Run the steps of a job on this machine"],
    [
      "rehearse main --venv .venv --data rides=data/rides.csv",
      "Use your virtual environment, and a local file for a data asset",
    ],
    ["rehearse main --keep rehearsed", "Keep the working copies, outputs and logs"],
  ]).summary(
    "Run jobs on this machine as Azure ML would",
  );
  const running = runningSteps(
    checking(reading(compiling(rehearse), { python: "Python interpreter that runs the steps" })),
  );
  overwriting(running, "--report")
    .option("--fail <steps>", "comma-separated names of steps that fail, such as train,report", list)
    .option("-w, --workspace <name>", WORKSPACE_OF_ALL)
    .option("--timeout <time>", "stop after this time, such as 90s or 2h", seconds)
    .option("--logs", "also print the logs of running steps")
    .option(
      "--report <file>",
      "HTML file to write a report of the job to; with several jobs, one file per job",
    )
    .option(
      "--previews",
      "with --report, include the beginning of text files and small images that steps wrote",
    )
    .action(run(async () => (await import("../commands/rehearse.ts")).rehearse));
}

function declareSubmit(root: Command, { declare, run }: Declaring): void {
  const submit = declare(root, "submit", "Compile jobs, upload their code, and run them on Azure ML", [
    ["submit main", "Upload the code and start the job"],
    ["submit main --dry-run", "Show what would be submitted"],
    ["submit main --wait --timeout 7200", "Wait for at most two hours"],
    ["submit prepare train", "Submit two jobs, one after the other"],
    ["submit -p training --from-nodes split", "Run nodes of a pipeline without a job, as `kedro run` does"],
    [
      "submit main --aml-env my-env:7 --env-var LOG_LEVEL=DEBUG",
      "Override the Azure ML environment, and set a variable in every step",
    ],
    ["submit main --name nightly-2026-01-31", "Submit the job only once, even if you run this again"],
    [
      `submit --package main.kap --sha256 ${"9f86d081".repeat(8)}`,
      "Submit a package on a machine without the project",
    ],
  ]).alias(
    "run",
  );
  overwriting(following(checking(packaged(reading(compiling(submit))))), "--output-file")
    .option("-w, --workspace <name>", WORKSPACE_OF_ALL)
    .option("--dry-run", "show what would be submitted, without submitting it")
    .option("--allow-kedro-0", "submit even if the project uses Kedro 0, whose nodes the plugin cannot run")
    .option("--display-name <job=name>", "display name of a job; can be repeated", displayNameOfJob)
    .option(
      "--name <name>",
      "name of the job in Azure ML; if this job already exists, it is not submitted again",
      nameOfJob,
    )
    .option("--concurrent", "submit jobs in parallel, and continue if Azure rejects one or one fails")
    .option(
      "--on-job-scheduled <module:function>",
      "project function to call with each submitted job; runs in the project's Python",
      callbackName,
    )
    .option(
      "--output-file <file>",
      "write the submitted jobs to this JSON file, and update it as they progress",
    )
    .option(
      "--cancel-previous",
      "first cancel unfinished runs of the same job, branch and Kedro environment from CI or this option",
    )
    .option("--logs", "with --wait, also print the logs of running steps")
    .option("--cancel-on-interrupt", "cancel the jobs on Ctrl+C or SIGTERM (default: they keep running)")
    .action(run(async () => (await import("../commands/submit.ts")).submit));
}

function declareRerun(root: Command, { declare, run }: Declaring): void {
  const rerun = declare(root, "rerun [job]", "Run a submitted job again", [
    ["rerun", "Run the last job again"],
    ["rerun brave_fox_1234567890 --from-failed --dry-run", "Show which steps would run again"],
    ["rerun brave_fox_1234567890 --from-failed --wait", "Run only the steps that did not complete, and wait"],
  ]);
  rerun.registeredArguments[0]!.description =
    "name in Azure ML, or job in azureml.yml for its last run, such as main or main~1 (default: the last job submitted from this project)";
  overwriting(following(rerun), "--output-file")
    .option("--from <file>", "take the job from a file written by `submit --output-file`")
    .option("--from-failed", "run only steps that did not complete; reuse the outputs of the others")
    .option("-w, --workspace <name>", WORKSPACE_OF_RUN)
    .option(
      "--name <name>",
      "name of the new job in Azure ML; if this job already exists, it is not submitted again",
      nameOfJob,
    )
    .option("--dry-run", "show what would be submitted, without submitting it")
    .option(
      "--output-file <file>",
      "write the submitted job to this JSON file, and update it as the job progresses",
    )
    .option("--cancel-on-interrupt", "cancel the job on Ctrl+C or SIGTERM (default: it keeps running)")
    .action(run(async () => (await import("../commands/submit.ts")).rerun));
}

function declareDiff(root: Command, { declare, run }: Declaring): void {
  checking(reading(compiling(declare(root, "diff", "Show what changed in a job since its last run", [
    ["diff main", "Show what changed since the last run"],
    ["diff main --against brave_fox_1234567890", "Compare with an earlier run"],
    ["diff main --exit-code", "Exit with code 9 if there are changes, for scripts"],
  ]))))
    .option("-w, --workspace <name>", WORKSPACE_OF_ALL)
    .option(
      "--against <run>",
      "run to compare with, by its name in Azure ML (default: the last run)",
      nameOfJob,
    )
    .option("--exit-code", "exit with code 9 if there are changes")
    .action(run(async () => (await import("../commands/compare.ts")).diff));
}

function declarePack(root: Command, { declare, run }: Declaring): void {
  overwriting(checking(reading(compiling(
    declare(root, "pack", "Pack jobs and their code into one file, to submit without the project", [
      ["pack main -o main.kap", "Pack a job for a machine without the project"],
      ["pack --all -e prod -o all.kap", "Pack all jobs for another Kedro environment"],
    ]),
  ))))
    .requiredOption("-o, --output <file>", "file to write, such as main.kap")
    .option("--all", "all jobs in azureml.yml, including those from job factories")
    .option("-w, --workspace <name>", WORKSPACE_OF_ALL)
    .option("--display-name <job=name>", "display name of a job; can be repeated", displayNameOfJob)
    .option("--allow-kedro-0", "pack even if the project uses Kedro 0, whose nodes the plugin cannot run")
    .action(run(async () => (await import("../commands/compile.ts")).pack));
}
