import { isFinal } from "../../core/run.ts";
import { dirname, join } from "node:path";
import type { Context } from "../../core/context.ts";
import { ciSystemOf } from "../../core/env_vars.ts";
import { writeFailure } from "../../app/project/output_files.ts";
import type { CiReport, Report } from "../../app/context.ts";
import { azureCommand } from "./annotations.ts";
import { renderSummary } from "./step_summary.ts";

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
      warn({ type: "warning", warning: { code: "ci.not_told", message } });
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
      if (jobs.length > 0) await quietly("outputs", outputs, () => report?.setOutputs(jobs));
    },
    async summarize(jobs) {
      if (jobs.length > 0) await quietly("summary", summary, () => report?.summarize(jobs));
    },
  };
}

function githubReport({ env, fs, random }: Context): CiReport {
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
        await appendTo(fs, env.GITHUB_STEP_SUMMARY, renderSummary(jobs, { graph: true }));
      }
    },
  };
}

/** Appends to a file of the CI system; in a folder that does not exist, nothing would read it. */
async function appendTo(fs: Context["fs"], path: string, text: string): Promise<void> {
  if (await fs.stat(dirname(path)) === undefined) throw new Error("its folder does not exist");
  await fs.append(path, text);
}

function azureReport({ env, fs, random, terminal }: Context): CiReport {
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
      await fs.writeText(path, renderSummary(jobs, { graph: false }));
      command("task.uploadsummary", {}, path);
    },
  };
}
