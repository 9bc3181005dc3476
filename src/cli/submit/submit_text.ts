import type { JobSpec } from "../../azureml/job_spec.ts";
import type { JobPlan } from "../../azureml/write/plan.ts";
import type { PreparedCode } from "../../azureml/code/select.ts";
import type { SubmittedJob } from "../../azureml/submit/submit.ts";
import type { WorkspaceConfig } from "../../config/azureml/types.ts";
import type { CredentialName } from "../../credentials/credential.ts";
import type { Identity } from "../../credentials/entra/identity.ts";
import type { MemberReport } from "../../credentials/chain/chain.ts";
import { placeText, type UserError } from "../../core/errors.ts";
import { shownName } from "../../core/text/sanitize.ts";
import type { Output } from "../command/output.ts";
import type { Session } from "../../app/project/open.ts";
import { renderError } from "../text/error.ts";
import { countText, sizeText } from "../text/units.ts";

/** How each credential is called in a sentence. */
const TITLES: Readonly<Record<CredentialName, string>> = {
  "environment": "the variables AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
  "workload-identity": "the workload identity of this pod",
  "github-oidc": "the identity of this GitHub Actions job",
  "azure-pipelines": "the service connection of this Azure Pipelines job",
  "managed-identity": "the managed identity of this machine",
  "session": "your session of `auth login`",
  "azure-cli": "Azure CLI",
  "vscode": "Visual Studio Code",
  "azure-powershell": "Azure PowerShell",
  "azd": "Azure Developer CLI",
  "browser": "your sign-in in the browser",
  "device-code": "your sign-in with a device code",
};

/** One line that says who sends the jobs, and why it is this identity. */
export function renderIdentity(identity: Identity | undefined, members: readonly MemberReport[]): string {
  const used = members.find(({ status }) => status === "used");
  const who = identity?.name ?? identity?.applicationId ?? identity?.objectId ?? "an identity without a name";
  const kind = identity === undefined || ["user", "unknown"].includes(identity.kind)
    ? ""
    : `${identity.kind} `;
  const tenant = identity?.tenantId === undefined ? "" : ` of tenant ${identity.tenantId}`;
  return `✓ You are ${kind}${who}${tenant}${
    used === undefined ? "" : `, by ${used.title ?? TITLES[used.name]}`
  }`;
}

/** One line that says what a job was compiled from. */
export function renderCompiledLine(
  spec: JobSpec,
  { project, env }: Pick<Session, "project" | "env">,
): string {
  const steps = countText(spec.steps.length, "step");
  return `✓ Project ${project.name}, environment ${env}: job ${spec.job} has ${steps} of pipeline ${spec.pipelineName}`;
}

/** Tells that Azure ML has taken a job. */
export function renderSubmitted(
  { job, name, status, studioUrl, wasThere }: SubmittedJob,
  workspace: WorkspaceConfig,
): Output {
  return {
    data: { job, name, status, studioUrl, workspace, wasThere },
    text: wasThere
      ? `✓ Job ${job} is there as ${name} already, the same and ${status}; nothing was sent\n${studioUrl}\n`
      : `✓ Job ${job} is submitted as ${name}\n${studioUrl}\n`,
  };
}

/** Tells why a job was not sent, or did not complete, among others. */
export function renderJobFailed(job: string, error: UserError): Output {
  const { data, text } = renderError(error);
  return {
    data: { job, ...(data as Record<string, unknown>) },
    text: `✗ Job ${job} is not submitted\n${indented(text)}`,
    exit: error.exit,
  };
}

/** Tells what a callback printed for a job. */
export function renderCalledBack(job: SubmittedJob, callback: string, printed: string): Output {
  return { data: { job: job.job, name: job.name, callback, printed }, text: printed };
}

/** Tells that a callback failed for a job, which runs nevertheless. */
export function renderCallbackFailed(
  { job, name }: SubmittedJob,
  callback: string,
  error: UserError,
): Output {
  const { data, text } = renderError(error);
  return {
    data: { job, name, callback, ...(data as Record<string, unknown>) },
    text: `✗ Job ${job} runs, but its callback failed\n${indented(text)}`,
    exit: error.exit,
  };
}

/** Tells that a job was left out. */
export function renderSkipped(job: string, failed: string): Output {
  return {
    data: { job, skipped: true, because: failed },
    text: `· Job ${job} is left out, because ${failed} failed; \`--concurrent\` sends all jobs\n`,
  };
}

/** Shows what a job would send. */
export function renderPlan(plan: JobPlan): Output {
  const { spec, workspace, code, properties } = plan;
  const computes = [...new Set(spec.steps.map((step) => step.compute))];
  const lines = [
    `Job ${spec.job}: ${countText(spec.steps.length, "step")} of pipeline ${spec.pipelineName}`,
    `  workspace    ${workspace.name} (resource group ${workspace.resource_group}, subscription ${workspace.subscription_id})`,
    `  name         ${spec.displayName ?? spec.pipelineName}`,
    `  experiment   ${spec.experimentName ?? "that of the project's folder"}`,
    `  environment  ${spec.environment ?? "none"}`,
    `  compute      ${computes.join(", ")}`,
    ...codeLines(code),
    ...Object.entries(properties).map(([name, value]) => `  ${name.padEnd(11)}  ${value}`),
    ...spec.steps.map((step) =>
      `  ${step.key}${step.compute === spec.compute ? "" : ` on ${step.compute}`}${needs(step)}`
    ),
    "Nothing was sent",
  ];
  return { data: planData(plan), text: lines.join("\n") + "\n" };
}

/** What a plan is as data. */
export function planData({ spec, workspace, code, properties, components, body }: JobPlan): unknown {
  return {
    job: spec.job,
    dryRun: true,
    workspace,
    environment: spec.environment,
    properties,
    code: code && {
      hash: code.hash,
      files: code.files.map(({ name, sizeBytes }) => ({ name, sizeBytes })),
      leftOut: code.leftOut,
    },
    components,
    body,
  };
}

function codeLines(code: PreparedCode | undefined): string[] {
  if (code === undefined) return ["  code         none: the environment holds it"];
  const bytes = code.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    `  code         ${countText(code.files.length, "file")}, ${sizeText(bytes)}, hash ${
      code.hash.slice(0, 12)
    }`,
    ...leftOutLine(code),
  ];
}

/** The most that a plan names of what is left out; `files` lists it all. */
const LEFT_OUT_SHOWN = 8;

function leftOutLine({ leftOut }: PreparedCode): string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.slice(0, LEFT_OUT_SHOWN).map(({ name, reason, place }) =>
    `${shownName(name)} (${place === undefined ? reason : placeText(place)})`
  );
  const more = leftOut.length - shown.length;
  return [`  left out     ${shown.join(", ")}${more === 0 ? "" : ` and ${more} more; \`files\` lists them`}`];
}

function needs(step: JobSpec["steps"][number]): string {
  const from = step.inputs.flatMap(({ from }) => from.kind === "step" ? [from.step] : []);
  return from.length === 0 ? "" : ` after ${[...new Set(from)].join(", ")}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}
