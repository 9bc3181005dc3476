import type { AppContext } from "../../app/context.ts";
import { codeReference } from "../../azureml/write/code_reference.ts";
import type { JobSpec } from "../../azureml/job_spec.ts";
import { toDot, toMermaid } from "../../azureml/write/to_graph.ts";
import { toYaml } from "../../azureml/write/to_yaml.ts";
import { yamlText } from "../../config/azureml/write_yaml.ts";
import { shownJson } from "../../core/text/sanitize.ts";
import type { Warning } from "../../core/errors.ts";
import type { Selected } from "../../app/project/select_jobs.ts";
import { planData } from "../submit/submit_text.ts";
import { type Baggage, planOf } from "../../app/submit/submit.ts";

/** The ending of the file that each format of `compile` is written to, where none is named. */
export const FORMATS = {
  yaml: "yaml",
  json: "json",
  rest: "json",
  mermaid: "mmd",
  dot: "dot",
} as const;

/** How `compile` writes a job. */
export type Format = keyof typeof FORMATS;

/** A job that is written down. */
export interface Written {
  readonly text: string;
  /** The same for `--json`. */
  readonly data: unknown;
  readonly warnings: readonly Warning[];
}

/** Writes a job in one format; nothing is asked of Azure. */
export async function writeJob(
  ctx: AppContext,
  selected: Selected,
  spec: JobSpec,
  { format = "yaml", baggage }: { readonly format?: Format; readonly baggage: () => Promise<Baggage> },
): Promise<Written> {
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
      const data = planData(await planOf(spec, await baggage()));
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
