import { dirname, join, resolve, sep } from "node:path";
import type { Validated } from "../../app/check/validate.ts";
import type { CiReport, RecordedJob, Report, SummarizedJob } from "../../app/context.ts";
import { writeFailure } from "../../app/output_files.ts";
import type { Finding } from "../../azureml/checks/finding.ts";
import type { Context } from "../../core/context.ts";
import { ciSystemOf } from "../../core/env_vars.ts";
import { hintLines } from "../../core/errors.ts";
import { durationText, firstLines, moreText, numberText } from "../../core/format.ts";
import { endsWithCommand } from "../../core/net/cloud_hosts.ts";
import { isFinal } from "../../core/runs.ts";
import { redact } from "../../core/secrets.ts";
import { escaped, pathBelow, shownText } from "../../core/untrusted.ts";
import { markOf } from "../text/render.ts";

/** Opens the report for the CI system that the environment variables describe. */
export function openCiReport(ctx: Context, warn: Report): CiReport {
  const failed = new Set<string>();
  const quietly = async (what: string, path: string | undefined, work: () => Promise<void> | undefined) => {
    try {
      await work();
    } catch (thrown) {
      if (failed.has(what)) return;
      failed.add(what);
      const message = `Cannot write the ${what} of the CI run${path ? ` to "${path}"` : ""}: ${
        writeFailure(thrown)
      }`;
      // ci.not_told: The outputs or summary of the CI run could not be written. Check the file that the CI
      //   service names.
      warn({ type: "warnings", warnings: [{ code: "ci.not_told", message }] });
    }
  };
  const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, AGENT_TEMPDIRECTORY } = ctx.env;
  const system = ciSystemOf(ctx.env);
  const report = system === "github"
    ? githubReport(ctx)
    : system === "azure-pipelines"
    ? azureReport(ctx)
    : undefined;
  const [outputs, summary] = system === "github"
    ? [GITHUB_OUTPUT, GITHUB_STEP_SUMMARY]
    : [undefined, AGENT_TEMPDIRECTORY];
  return {
    async setOutputs(jobs) {
      if (jobs.length > 0) {
        await quietly("outputs", outputs, () => report?.setOutputs(jobs.map(withoutDeadLink)));
      }
    },
    async summarize(jobs) {
      if (jobs.length > 0) {
        await quietly("summary", summary, () => report?.summarize(jobs.map(withoutDeadLink)));
      }
    },
  };
}

/** The job without an address that nobody can open. */
function withoutDeadLink<T extends RecordedJob>(job: T): T {
  return endsWithCommand(job.studioUrl) ? { ...job, studioUrl: "" } : job;
}

function githubReport({ env, fs, random, simulatesSteps }: Context): CiReport {
  return {
    async setOutputs(jobs) {
      if (!env.GITHUB_OUTPUT) return;
      const [first] = jobs;
      const outputs = {
        "job-name": first!.name,
        "studio-url": first!.studioUrl,
        "status": first!.status,
        "jobs": JSON.stringify(jobs),
      };
      const text = Object.entries(outputs).map(([name, value]) => {
        const end = `end-${random.uuid()}`;
        return `${name}<<${end}\n${value}\n${end}\n`;
      });
      await appendTo(fs, env.GITHUB_OUTPUT, text.join(""));
    },
    async summarize(jobs) {
      if (env.GITHUB_STEP_SUMMARY) {
        await appendTo(fs, env.GITHUB_STEP_SUMMARY, renderSummary(jobs, { graph: true, simulatesSteps }));
      }
    },
  };
}

/** Appends to a file of the CI system; in a folder that does not exist, nothing would read it. */
async function appendTo(fs: Context["fs"], path: string, text: string): Promise<void> {
  if (await fs.stat(dirname(path)) === undefined) throw new Error("its folder does not exist");
  await fs.append(path, text);
}

function azureReport({ env, fs, random, terminal, simulatesSteps }: Context): CiReport {
  const command = (name: string, properties: Readonly<Record<string, string>>, text: string) =>
    terminal.command(azureCommand(name, properties, text));
  return {
    async setOutputs(jobs) {
      const [first] = jobs;
      const outputs = { jobName: first!.name, studioUrl: first!.studioUrl, status: first!.status };
      for (const [variable, value] of Object.entries({ ...outputs, jobs: JSON.stringify(jobs) })) {
        command("task.setvariable", { variable, isOutput: "true" }, value);
      }
    },
    async summarize(jobs) {
      for (
        const { job, name, status } of jobs.filter(({ status }) => isFinal(status) && status !== "Completed")
      ) {
        command("task.logissue", { type: "error" }, `Job ${job} (${name}): ${status}`);
      }
      if (!env.AGENT_TEMPDIRECTORY) return;
      const path = join(env.AGENT_TEMPDIRECTORY, `kedro-azureml-${random.uuid()}.md`);
      await fs.writeText(path, renderSummary(jobs, { graph: false, simulatesSteps }));
      command("task.uploadsummary", {}, path);
    },
  };
}

/**
 * Writes findings to standard error as commands of the CI system: GitHub Actions shows them at the lines of a pull
 * request, Azure Pipelines in the summary of the run. Elsewhere it writes nothing.
 */
export function annotate(
  { env, terminal }: Pick<Context, "env" | "terminal">,
  { findings, root }: Readonly<Pick<Validated, "findings" | "root">>,
): void {
  const system = ciSystemOf(env);
  const write = system === "github"
    ? (finding: Finding) => githubAnnotation(finding, fileIn(root, env.GITHUB_WORKSPACE))
    : system === "azure-pipelines"
    ? (finding: Finding) => azureAnnotation(finding, (file) => resolve(root, file))
    : undefined;
  if (write === undefined) return;
  for (const finding of findings) {
    const line = write(finding);
    if (line !== undefined) terminal.command(line);
  }
}

/** Formats a finding as a GitHub Actions command; file names are relative to the checkout. */
export function githubAnnotation(finding: Finding, fileOf: (file: string) => string): string {
  const { severity, code, place } = finding;
  const properties = [
    ...(place === undefined ? [] : [
      ["file", fileOf(place.file)],
      ["line", place.line],
      ["col", place.line === undefined ? undefined : place.column],
    ]),
    ["title", code],
  ].filter(([, value]) => value !== undefined);
  const command = { error: "error", warning: "warning", note: "notice" }[severity];
  const text = properties.map(([name, value]) => `${name}=${escaped.githubProperty(String(value))}`).join(
    ",",
  );
  return `::${command} ${text}::${escaped.github(textOf(finding))}`;
}

/** Formats a finding as an Azure Pipelines command; `undefined` for notes, for which there is none. */
export function azureAnnotation(finding: Finding, fileOf: (file: string) => string): string | undefined {
  const { severity, code, place } = finding;
  if (severity === "note") return undefined;
  const { file, line, column } = place ?? {};
  const properties = {
    type: severity,
    ...(file !== undefined && { sourcepath: fileOf(file) }),
    ...(line !== undefined && { linenumber: String(line) }),
    ...(line !== undefined && column !== undefined && { columnnumber: String(column) }),
    code,
  };
  return azureCommand("task.logissue", properties, textOf(finding));
}

/** Details that an annotation has at most; the log has all. */
const MOST_DETAILS = 4;

function textOf({ message, details = [], jobs, hint }: Finding): string {
  const who = jobs === undefined ? [] : [`${jobs.length === 1 ? "job" : "jobs"} ${jobs.join(", ")}`];
  return [message, ...firstLines(details, MOST_DETAILS, "line"), ...who, ...hintLines(hint)].join("\n");
}

function fileIn(root: string, checkout: string | undefined): (file: string) => string {
  return (file) =>
    checkout === undefined ? file.replaceAll(sep, "/") : pathBelow(checkout, resolve(root, file)) ?? file;
}

/** Formats a command for Azure Pipelines, such as `##vso[task.logissue type=error;]text`. */
function azureCommand(
  name: string,
  properties: Readonly<Record<string, string>>,
  text: string,
): string {
  const shown = Object.entries(properties).map(([key, value]) =>
    `${key}=${escaped.pipelinesProperty(value)};`
  ).join("");
  return `##vso[${name}${shown === "" ? "" : ` ${shown}`}]${escaped.pipelines(text)}`;
}

const { cell } = escaped;

/** GitHub does not render Mermaid graphs with more characters or edges. */
const LONGEST_GRAPH = 45_000;
const MOST_EDGES = 400;

export function renderSummary(
  jobs: readonly SummarizedJob[],
  how: { readonly graph: boolean; readonly simulatesSteps?: boolean | undefined },
): string {
  return shownText(jobs.map((job) => `${jobText(job, how)}\n`).join("\n"), { color: false });
}

function jobText(
  job: SummarizedJob,
  { graph, simulatesSteps = false }: Parameters<typeof renderSummary>[1],
): string {
  const { name, status, studioUrl, workspace, steps, durationMs } = job;
  const took = durationMs === undefined ? "" : ` after ${durationText(durationMs)}`;
  const link = studioUrl === ""
    ? cell(name)
    : `[${cell(name)}](<${studioUrl.replace(/[<>\s]/g, encodeURIComponent)}>)`;
  return [
    `### ${markOf(status)} Job ${cell(job.job)}: ${cell(status)}${took}`,
    `${link} in workspace ${cell(workspace.name)}${simulatesSteps ? ", simulated by the emulator" : ""}`,
    ...(graph ? graphOf(job) : []),
    ...(steps.some(({ startedAt }) => startedAt !== undefined) ? [tableOf(steps)] : []),
    ...(job.metrics.length === 0 ? [] : [metricsOf(job.metrics)]),
    ...steps.flatMap(({ label, reason, nodes }) => {
      const node = nodes?.find(({ status }) => status === "Failed");
      const where = `Step ${cell(label)} failed${node === undefined ? "" : ` in node ${cell(node.name)}`}:`;
      return reason === undefined ? [] : [where, escaped.fence(shownText(redact(reason), { color: false }))];
    }),
  ].join("\n\n");
}

function graphOf({ graph: text, steps }: SummarizedJob): string[] {
  const edges = steps.reduce((sum, { needs }) => sum + needs.length, 0);
  return text.length > LONGEST_GRAPH || edges > MOST_EDGES ? [] : ["```mermaid\n" + text + "```"];
}

function tableOf(steps: SummarizedJob["steps"]): string {
  const rows = steps.flatMap(({ label, status, startedAt, endedAt, compute, nodes = [] }) => {
    const took = startedAt && endedAt ? durationText(endedAt.getTime() - startedAt.getTime()) : "";
    return [
      `| ${markOf(status)} ${cell(label)} | ${cell(status)} | ${took} | ${cell(compute ?? "")} |`,
      ...nodes.map((node) => {
        const took = node.durationMs === undefined ? "" : durationText(node.durationMs);
        return `| ${markOf(node.status)} ↳ ${cell(node.name)} | ${cell(node.status)} | ${took} | |`;
      }),
    ];
  });
  return ["| step | outcome | duration | compute |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

const SHOWN_METRICS = 20;

function metricsOf(metrics: SummarizedJob["metrics"]): string {
  const rows = metrics.slice(0, SHOWN_METRICS).map(({ step, name, value }) =>
    `| ${cell(name)} | ${numberText(value)} | ${cell(step ?? "")} |`
  );
  const rest = metrics.length - SHOWN_METRICS;
  const table = ["| metric | value | step |", "| --- | ---: | --- |", ...rows].join("\n");
  return rest > 0 ? `${table}\n\n${moreText(rest, "metric")}` : table;
}
