import type { JobSpec } from "../../azureml/job_spec.ts";
import type { JobPlan } from "../../azureml/write/plan.ts";
import type { PreparedCode } from "../../azureml/code/select.ts";
import { placeText } from "../../core/errors.ts";
import { shownName } from "../../core/text/sanitize.ts";
import type { Output } from "../command/output.ts";
import { countText, sizeText } from "../text/units.ts";

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
