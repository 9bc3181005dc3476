import type { AppContext } from "../../app/context.ts";
import { planData, planSettings } from "../../app/project/submission_inputs.ts";
import { rerunJob, type RerunRequest } from "../../app/submit/rerun.ts";
import { submitJobs, submitPackage, type SubmitResult } from "../../app/submit/submit.ts";
import type { JobPlan } from "../../azureml/job/body.ts";
import type { PreparedCode } from "../../azureml/job/code/select.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import type { PlannedRerun } from "../../azureml/submit/rerun.ts";
import type { WorkspaceConfig } from "../../config/types.ts";
import { placeText } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { maskedBody, maskedPair } from "../../core/secrets.ts";
import { shownName } from "../../core/untrusted.ts";
import type { CallbackName } from "../../kedro/callback.ts";
import { checkSource, packageRequest, type PackageTyped } from "../parse/package_request.ts";
import { checkRequest, type CheckTyped, strictnessRequest } from "../parse/requests.ts";
import { type RunsTyped, sendRequest, type SendTyped } from "../parse/run_requests.ts";
import { type Output, workspaceData } from "../text/output.ts";
import { sizeText } from "../text/render.ts";
import { renderResults, rerunStepsText, stepKeys } from "../text/run_results.ts";

/** Submits jobs of a project, or of a package if `--package` names one; with `dryRun`, only shows them. */
export async function* submit(
  ctx: AppContext,
  typed: SubmitTyped,
): AsyncIterable<Output> {
  checkSource(typed);
  const single = typed.name === undefined ? undefined : NAME_OF_ONE;
  const sending = sendRequest(typed);
  if (typed.package === undefined) {
    const { jobs, ...checked } = await checkRequest(ctx, typed);
    const { onJobScheduled } = typed;
    yield* render(
      submitJobs(ctx, { ...checked, ...sending, jobs: { ...jobs, single }, onJobScheduled }),
      false,
    );
  } else {
    const { jobs, ...ofPackage } = packageRequest(typed.package, typed);
    const strictness = strictnessRequest(typed);
    const request = { ...ofPackage, ...sending, jobs: { ...jobs, single }, strictness };
    yield* render(submitPackage(ctx, request), true);
  }
}

/** `--name` gives one job its name in Azure ML. */
const NAME_OF_ONE = {
  code: "usage.name_of_several",
  option: "--name",
  hint: "Submit each job separately, each with its own `--name`",
};

/** What is typed for `submit`. */
interface SubmitTyped extends CheckTyped, PackageTyped, SendTyped {
  readonly onJobScheduled?: CallbackName;
}

async function* render(results: AsyncIterable<SubmitResult>, isPackage: boolean): AsyncIterable<Output> {
  const render = (result: Extract<SubmitResult, { readonly type: "checked" | "planned" }>): Output =>
    result.type === "checked"
      ? { data: undefined, text: "", warnings: result.warnings }
      : renderPlan(result.plan, isPackage);
  yield* renderResults(results, { checked: render, planned: render });
}

/** Renders what would be sent for a job. How many steps a job of a project has was already printed. */
function renderPlan(plan: JobPlan, isPackage: boolean): Output {
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
    ...settingsLines(spec),
    ...codeLines(code),
    ...commitLine(properties),
    ...spec.steps.map((step) =>
      `  ${step.node}${step.compute === spec.compute ? "" : ` on ${step.compute}`}${needs(step, spec)}${
        nodes(step)
      }`
    ),
    "Nothing was sent",
  ];
  return { data: maskedBody(planData(plan)), text: lines.join("\n") + "\n" };
}

/** The commit that the job records; `--json` has all properties. */
function commitLine(properties: JobPlan["properties"]): string[] {
  const commit = properties["mlflow.source.git.commit"];
  const dirty = properties["azureml.git.dirty"] === "True" ? " and uncommitted changes" : "";
  return commit === undefined ? [] : [`  commit        ${commit.slice(0, 12)}${dirty}`];
}

/** Renders the runtime parameters and the environment variables of the steps; secrets are masked. */
function settingsLines(spec: JobSpec): string[] {
  const { parameters, variables } = planSettings(spec);
  const shown = (values: ReadonlyMap<string, string>) =>
    [...values].map(([name, value]) => maskedPair(name, value).join("=")).join(", ");
  return [
    ...(parameters.size === 0 ? [] : [`  parameters    ${shown(parameters)}`]),
    ...(variables.size === 0 ? [] : [`  variables     ${shown(variables)}`]),
  ];
}

function codeLines(code: PreparedCode | undefined): string[] {
  if (code === undefined) return ["  code          none: the environment holds it"];
  const bytes = code.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
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
  const shown = leftOut.slice(0, LEFT_OUT_SHOWN).map(({ name, reason, place }) =>
    `${shownName(name)} (${place === undefined ? reason : placeText(place)})`
  );
  const more = leftOut.length - shown.length;
  return [
    `  excluded      ${shown.join(", ")}${more === 0 ? "" : ` and ${more} more; \`files\` lists them`}`,
  ];
}

function needs({ inputs }: JobSpec["steps"][number], { steps }: JobSpec): string {
  const keys = new Set(inputs.flatMap(({ from }) => from.kind === "step" ? [from.step] : []));
  const before = steps.filter(({ key }) => keys.has(key)).map(({ node }) => node);
  return before.length === 0 ? "" : ` after ${before.join(", ")}`;
}

/** The nodes of a step that runs several. */
function nodes({ nodes }: JobSpec["steps"][number]): string {
  return nodes === undefined ? "" : `: ${nodes.map(({ name }) => name).join(", ")}`;
}

/** What is typed for `rerun`. */
interface RerunTyped extends SendTyped, Pick<RunsTyped, "project" | "workspace" | "from"> {
  /** The run to repeat. */
  readonly args: { readonly job?: string };
  readonly fromFailed?: boolean;
}

/** Submits an earlier run again; with `dryRun`, shows what would be sent. */
export async function* rerun(ctx: AppContext, typed: RerunTyped): AsyncIterable<Output> {
  yield* renderResults(rerunJob(ctx, rerunRequest(typed)), {
    planned: ({ planned, workspace }) => renderRerunPlan(planned, workspace),
  });
}

function rerunRequest(typed: RerunTyped): RerunRequest {
  const { args: { job }, project, workspace, from, fromFailed } = typed;
  const run = { names: job === undefined ? [] : [job], project, workspace, from };
  return { run, fromFailed, ...sendRequest(typed) };
}

/** Renders what would be sent again. */
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
  };
}
