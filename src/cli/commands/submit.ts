import type { planSettings } from "../../app/project/submission_inputs.ts";
import type { JobPlan } from "../../azureml/job/body.ts";
import type { PreparedCode } from "../../azureml/job/code/select.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun.ts";
import type { WorkspaceConfig } from "../../config/schema.ts";
import { placeText } from "../../core/errors.ts";
import { bytesOf, countText, namesText, sizeText } from "../../core/format.ts";
import { gitOf } from "../../core/runs.ts";
import { maskedBody, maskedPair } from "../../core/secrets.ts";
import { shownName } from "../../core/untrusted.ts";
import { command } from "../parse/command.ts";
import { flag, text, value } from "../parse/field.ts";
import {
  allowingKedro0,
  cancelingOnInterrupt,
  checking,
  compiling,
  dryRunOfSubmit,
  following,
  followingLogs,
  inWorkspaceForAll,
  inWorkspaceOfRun,
  jobNames,
  nameInAzure,
  naming,
  ofProject,
  packaged,
  reading,
  writingJobs,
} from "../parse/options.ts";
import { callbackName } from "../parse/values.ts";
import { type Output, workspaceData } from "../text/output.ts";
import { renderResults, rerunStepsText, sameCodeHint, stepKeys } from "../text/run_results.ts";

/** Submits jobs of a project, or of a package if `--package` names one; with `--dry-run`, only shows them. */
export const submit = command({
  name: "submit",
  about: "Compile jobs, upload code, and run them on Azure ML",
  examples: [
    ["submit main --wait --timeout 2h", "Wait for at most two hours"],
    ["submit -p training --from-nodes split", "Run nodes of a pipeline without a job, as `kedro run` does"],
  ],
  needs: ["pipelines", "azure"],
  args: jobNames(),
  options: {
    ...inWorkspaceForAll,
    ...dryRunOfSubmit,
    ...nameInAzure,
    ...ofProject(naming),
    cancelPrevious: flag("--cancel-previous", "first cancel unfinished CI runs of job and branch", {
      isRare: true,
    }),
    ...checking,
    ...allowingKedro0("submit"),
    concurrent: flag(
      "--concurrent",
      "submit jobs in parallel, and continue if Azure rejects one or one fails",
      { isRare: true },
    ),
    ...ofProject({
      onJobScheduled: value(
        "--on-job-scheduled <module:function>",
        "project function to call with each submitted job; runs in the project's Python",
        callbackName,
        { isRare: true },
      ),
    }),
    ...ofProject({ ...compiling, ...reading }),
    ...following,
    ...followingLogs,
    ...cancelingOnInterrupt("the jobs"),
    ...writingJobs,
    ...packaged,
  },
  async *run(ctx, typed) {
    const { planData, planSettings } = await import("../../app/project/submission_inputs.ts");
    const { package: file } = typed;
    const options = { ...typed, single: typed.name === undefined ? undefined : NAME_OF_ONE };
    const results = file === undefined
      ? (await import("../../app/submit/submit.ts")).submitJobs(ctx, options)
      : (await import("../../app/submit/job_package.ts")).submitPackage(ctx, { ...options, package: file });
    yield* renderResults(results, {
      checked: ({ warnings }) => ({ text: "", warnings }),
      planned: ({ plan }) =>
        renderPlan(plan, {
          isPackage: file !== undefined,
          data: planData(plan),
          settings: planSettings(plan.spec),
        }),
    });
  },
});

/** `--name` gives one job its name in Azure ML. */
const NAME_OF_ONE = {
  // usage.name_of_several: `--name` takes one job. Submit each job separately.
  code: "usage.name_of_several",
  option: "--name",
  hint: "Submit each job separately, each with its own `--name`",
};

/** Renders what would be sent for a job. How many steps a job of a project has was already printed. */
function renderPlan(
  plan: JobPlan,
  { isPackage, data, settings }: {
    readonly isPackage: boolean;
    readonly data: unknown;
    readonly settings: ReturnType<typeof planSettings>;
  },
): Output {
  const { spec, workspace, code, properties, body } = plan;
  const computes = [...new Set(spec.steps.map((step) => step.compute))];
  const lines = [
    `Job ${spec.job} would run ${
      isPackage ? `${countText(spec.steps.length, "step")} of ` : ""
    }pipeline ${spec.pipelineName}:`,
    `  workspace     ${workspace.name} (resource group ${workspace.resource_group}, subscription ${workspace.subscription_id})`,
    `  display name  ${spec.displayName ?? spec.pipelineName}`,
    `  experiment    ${spec.experimentName ?? `${body.properties.experimentName} (folder name)`}`,
    `  environment   ${spec.environment ?? "none"}`,
    `  compute       ${computes.join(", ")}`,
    ...settingsLines(settings),
    ...codeLines(code),
    ...commitLine(properties),
    ...spec.steps.map((step) =>
      `  ${step.node}${step.compute === spec.compute ? "" : ` on ${step.compute}`}${needs(step, spec)}${
        nodes(step)
      }`
    ),
    "Nothing was sent",
  ];
  return { data: maskedBody(data), text: lines.join("\n") + "\n" };
}

/** The commit that the job records; `--json` has all properties. */
function commitLine(properties: JobPlan["properties"]): string[] {
  const { commit, isDirty } = gitOf(properties);
  const dirty = isDirty ? " and uncommitted changes" : "";
  return commit === undefined ? [] : [`  commit        ${commit.slice(0, 12)}${dirty}`];
}

function settingsLines({ parameters, variables }: ReturnType<typeof planSettings>): string[] {
  const shown = (values: ReadonlyMap<string, string>) =>
    [...values].map(([name, value]) => maskedPair(name, value).join("=")).join(", ");
  return [
    ...(parameters.size === 0 ? [] : [`  parameters    ${shown(parameters)}`]),
    ...(variables.size === 0 ? [] : [`  variables     ${shown(variables)}`]),
  ];
}

function codeLines(code: PreparedCode | undefined): string[] {
  if (code === undefined) return ["  code          none: the environment holds it"];
  const bytes = bytesOf(code.files);
  return [
    `  code          ${countText(code.files.length, "file")}, ${sizeText(bytes)}, hash ${
      code.hash.slice(0, 12)
    }`,
    ...leftOutLine(code),
  ];
}

/** Most excluded files that a plan names; `files` lists all of them. */
const LEFT_OUT_SHOWN = 8;

function leftOutLine({ leftOut }: PreparedCode): string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.map(({ name, reason, place }) =>
    `${shownName(name)} (${place === undefined ? reason : placeText(place)})`
  );
  const where = leftOut.length > LEFT_OUT_SHOWN ? "; `files` lists them" : "";
  return [`  excluded      ${namesText(shown, LEFT_OUT_SHOWN)}${where}`];
}

function needs({ inputs }: JobSpec["steps"][number], { steps }: JobSpec): string {
  const keys = new Set(inputs.flatMap(({ from }) => from.kind === "step" ? [from.step] : []));
  const before = steps.filter(({ key }) => keys.has(key)).map(({ node }) => node);
  return before.length === 0 ? "" : ` after ${before.join(", ")}`;
}

function nodes({ nodes }: JobSpec["steps"][number]): string {
  return nodes === undefined ? "" : `: ${nodes.map(({ name }) => name).join(", ")}`;
}

/** Submits an earlier run again; with `--dry-run`, shows what would be sent. */
export const rerun = command({
  name: "rerun",
  about: "Run a submitted job again",
  examples: [
    ["rerun", "Run the last job again"],
    ["rerun brave_fox_1234567890 --from-failed --wait", "Run only the steps that did not complete, and wait"],
  ],
  needs: ["azure", "earlier jobs"],
  args: {
    job: text(
      "[job]",
      "name in Azure ML, or job in azureml.yml for its last run, such as main or main~1 (default: the last job submitted from this project)",
    ),
  },
  options: {
    fromFailed: flag("--from-failed", "run only steps that did not complete; reuse the other outputs"),
    from: text("--from <file>", "take the job from a file written by `submit --output-file`"),
    ...inWorkspaceOfRun,
    ...nameInAzure,
    ...dryRunOfSubmit,
    ...following,
    ...cancelingOnInterrupt("the job"),
    ...writingJobs,
  },
  async *run(ctx, { job, ...typed }) {
    const { rerunJob } = await import("../../app/submit/rerun.ts");
    const names = job === undefined ? [] : [job];
    yield* renderResults(rerunJob(ctx, { ...typed, names }), {
      planned: ({ planned, workspace }) => renderRerunPlan(planned, workspace),
    });
  },
});

function renderRerunPlan(planned: PlannedRerun, workspace: WorkspaceConfig): Output {
  const { old, body, steps } = planned;
  return {
    data: maskedBody({
      rerunOf: old.name,
      dryRun: true,
      workspace: workspaceData(workspace),
      ...stepKeys(planned),
      body,
    }),
    text: [
      `Job ${old.name}, ${old.status}, would run again in workspace ${workspace.name}: ${
        rerunStepsText(planned)
      }`,
      ...steps.map(({ label }) => `  ${label}`),
      "Nothing was sent",
    ].join("\n") + "\n",
    next: [sameCodeHint(old.name)],
  };
}
