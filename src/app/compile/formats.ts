import type { AppContext } from "../context.ts";
import { codeReference } from "../../azureml/job/write/code_reference.ts";
import type { JobSpec } from "../../azureml/job/job_spec.ts";
import { toDot, toMermaid } from "../../azureml/job/write/to_graph.ts";
import { toYaml } from "../../azureml/job/write/to_yaml.ts";
import { yamlText } from "../../config/azureml/write_yaml.ts";
import { shownJson } from "../../core/text/sanitize.ts";
import type { Warning } from "../../core/errors.ts";
import type { SelectedJobs } from "../project/select_jobs.ts";
import { planData, planSubmission, type SubmissionInputs } from "../project/submission_inputs.ts";

/** File extension of each format. */
export const FORMATS = {
  yaml: "yaml",
  json: "json",
  rest: "json",
  mermaid: "mmd",
  dot: "dot",
} as const;

/** An output format of `compile`. */
export type Format = keyof typeof FORMATS;

/** A job in one of the output formats. */
export interface FormattedJob {
  readonly text: string;
  /** The same for scripts. */
  readonly data: unknown;
  readonly warnings: readonly Warning[];
}

/** Formats a job, without requests to Azure. */
export async function formatJob(
  ctx: AppContext,
  selected: SelectedJobs,
  spec: JobSpec,
  { format, inputs }: { readonly format: Format; readonly inputs: () => Promise<SubmissionInputs> },
): Promise<FormattedJob> {
  const { root } = selected.session.project;
  const { code: codePath, warning } = await codeReference(ctx.fs, root, spec.codeDirectory);
  const warnings = warning === undefined ? [] : [warning];
  switch (format) {
    case "yaml":
    case "json": {
      const data = toYaml(spec, { codePath });
      return { text: format === "yaml" ? yamlText(data) : jsonText(data), data, warnings };
    }
    case "rest": {
      const data = planData(await planSubmission(spec, await inputs()));
      return { text: jsonText(data), data, warnings };
    }
    default: {
      const text = format === "mermaid" ? toMermaid(spec) : toDot(spec);
      return { text, data: { job: spec.job, format, text }, warnings };
    }
  }
}

function jsonText(data: unknown): string {
  return shownJson(JSON.stringify(data, null, 2)) + "\n";
}
