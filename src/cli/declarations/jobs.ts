import { type Command, Option } from "commander";
import { count, list, seconds } from "../parse/values.ts";
import type { Declaring } from "../parse/command.ts";
import { inWorkspace, overwriting, WORKSPACE_OF_RUN } from "../parse/old_options.ts";

/** Declares the commands of the group "Jobs". */
export function declareJobsGroup(root: Command, declaring: Declaring): void {
  declareJob(root, declaring);
  declareUi(root, declaring);
}

/** What the commands for runs take as names. */
const RUN_NAMES =
  "names in Azure ML, links to Azure ML studio, `last`, or jobs in azureml.yml for their last run; `last~1` and `main~1` are earlier ones; a run with the name of a job takes precedence";

/** Declares `job` and the commands below it. */
function declareJob(root: Command, declaring: Declaring): void {
  const { declare, run } = declaring;
  const job = declare(root, "job", "Manage jobs in Azure ML").alias("jobs");
  inWorkspace(declare(job, "list", "List the newest jobs in a workspace", [
    ["job list", "List the newest jobs"],
  ]))
    .alias("ls")
    .option("-L, --limit <count>", "maximum number of jobs to list (default: 20)", count)
    .addOption(new Option("-n, --number <count>").argParser(count).hideHelp())
    .option("--status <names>", "only jobs with one of these statuses, such as Running,Failed", list)
    .option("--experiment <name>", "only jobs in this experiment")
    .option("--mine", "only jobs that you submitted")
    .action(run(async () => (await import("../commands/job_list.ts")).jobList));
  declareReadCommands(job, declaring);
  overwriting(
    targeted(declare(job, "download [names...]", "Download the logs of jobs, or the data that they wrote", [
      ["job download --outputs -o results", "Download the datasets that the last job wrote"],
    ])),
  )
    .option("-o, --output <dir>", "folder to write to, one subfolder per job (default: current folder)")
    .option("--logs", "download logs, but no files from outputs/ folders")
    .option(
      "--outputs",
      "download datasets that steps wrote, and files in their outputs/ folders",
    )
    .option("--dataset <name>", "download only this dataset of the catalog")
    .option("--step <step>", "only this step, by node or step name")
    .action(run(async () => (await import("../commands/job.ts")).jobDownload));
  targeted(
    declare(job, "cancel [names...]", "Cancel jobs; skip those that have already ended", [
      ["job cancel brave_fox_1234567890", "Cancel a job"],
    ]),
    FILE,
  )
    .alias("stop")
    .option("-y, --yes", "do not ask before canceling the last job")
    .action(run(async () => (await import("../commands/job.ts")).jobCancel));
}

/** Declares the commands that read jobs without changing them. */
function declareReadCommands(job: Command, { declare, run }: Declaring): void {
  targeted(declare(job, "show [names...]", "Show the status of jobs and their steps", [
    ["job show main", "Show the last run of a job in azureml.yml"],
    ["job show brave_fox_1234567890 --json", "Get the status, for scripts"],
  ])).alias("view")
    .action(run(async () => (await import("../commands/job_show.ts")).jobShow));
  targeted(declare(job, "follow [names...]", "Follow jobs until they end", [
    ["job follow brave_fox_1234567890", "Follow a running job"],
  ])).alias("watch")
    .option("--logs", "also print the logs of running steps")
    .option(
      "--timeout <time>",
      "stop following after this time, such as 90s or 2h; the job keeps running",
      seconds,
    )
    .option("--cancel-on-interrupt", "cancel the jobs on Ctrl+C or SIGTERM")
    .action(run(async () => (await import("../commands/job.ts")).jobFollow));
  targeted(declare(job, "logs [names...]", "Print the logs of jobs", [
    ["job logs --failed", "Print the logs of failed steps of the last job"],
    ["job logs brave_fox_1234567890 --follow", "Print logs while the job runs"],
  ]))
    .option("--step <step>", "only this step, by node or step name")
    .option("--failed", "only failed steps; with --follow, printed when the job has ended")
    .option("-f, --follow", "keep printing until the job ends")
    .action(run(async () => (await import("../commands/job_show.ts")).jobLogs));
  targeted(declare(job, "metrics [names...]", "Print the metrics that jobs logged to MLflow", [
    ["job metrics", "Print the metrics that the last job logged"],
    ["job metrics brave_fox_1234567890 --csv", "Get the metrics of a job for a spreadsheet"],
  ]))
    .option("--step <step>", "only this step, by node or step name")
    .option("--all", "also the smallest and largest value, the number of values, and the parameters")
    .option("--csv", "print comma-separated values")
    .action(run(async () => (await import("../commands/job_metrics.ts")).jobMetrics));
  const compare = overwriting(
    targeted(
      declare(job, "compare [names...]", "Compare jobs: changes, metrics, durations and statuses", [
        ["job compare last~1 last", "Compare the last two jobs of this project"],
        ["job compare brave_fox_1234567890 calm_lark_0987654321 --json", "Compare two jobs, for scripts"],
        ["job compare main~1 main --html compare.html", "Write the comparison as a page"],
      ]),
    ),
    "--html",
  ).option("--html <file>", "write the comparison to this HTML file instead of printing it");
  compare.registeredArguments[0]!.description = `${RUN_NAMES} (default: last~1 last)`;
  compare.action(run(async () => (await import("../commands/compare.ts")).jobCompare));
  overwriting(targeted(
    declare(job, "report [names...]", "Write an HTML report with the graph, timeline and logs of a job", [
      ["job report -o report.html", "Write a report on the last job"],
      ["job report --from azureml-jobs.json --no-logs", "Write a report on each job in a file, without logs"],
    ]),
  ))
    .option(
      "-o, --output <file>",
      "HTML file to write (default: report.html); with several jobs, one file per job",
    )
    .option("--no-logs", "omit the logs of steps")
    .option("--previews", "include the beginning of text files and small images that steps wrote")
    .action(run(async () => (await import("../commands/job.ts")).jobReport));
  targeted(
    declare(
      job,
      "open [names...]",
      "Open jobs in Azure ML studio, or print their links if there is no browser",
      [
        ["job open", "Open the last job in Azure ML studio"],
      ],
    ),
    FILE,
  )
    .action(run(async () => (await import("../commands/job.ts")).jobOpen));
}

const FILE = "use the jobs in a file written by `submit --output-file`";
/** For commands that only read jobs. */
const FILE_OR_FOLDER =
  "use the jobs in a file written by `submit --output-file`, or in a folder of `rehearse --keep`";

/** Describes the argument, and adds the options that select jobs. */
function targeted(command: Command, from = FILE_OR_FOLDER): Command {
  command.registeredArguments[0]!.description =
    `${RUN_NAMES} (default: the last job submitted from this project)`;
  return command
    .option("-w, --workspace <name>", WORKSPACE_OF_RUN)
    .option("--from <file>", from);
}

const UI_ABOUT = `Show the jobs of a workspace in a browser until you press Ctrl+C

Lists the newest jobs, and shows the graph, steps, logs and metrics of each while it runs. The page is served on this machine only, reads with your credentials, and changes nothing.`;

function declareUi(root: Command, { declare, run }: Declaring): void {
  inWorkspace(declare(root, "ui", UI_ABOUT, [
    ["ui", "Show the jobs of the workspace in azureml.yml"],
    ["ui --no-open --port 8080", "Print the address instead of opening a browser"],
  ])).summary("Show the jobs of a workspace in a browser")
    .option("--port <number>", "port to listen on, on 127.0.0.1 (default: a free port)")
    .option("--no-open", "do not open a browser")
    .action(run(async () => (await import("../commands/ui.ts")).ui));
}
