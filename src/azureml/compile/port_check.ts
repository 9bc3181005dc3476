import { ExitCode, UserError } from "../../core/errors.ts";
import type { PipelineSnapshot } from "../../kedro/snapshot.ts";
import { portName } from "./step_names.ts";

/**
 * Refuses datasets whose names Azure ML takes for no input or output: as azure-ai-ml 1.35 checks them, a letter or an
 * underscore comes first. All else that Azure ML does not take was replaced already.
 *
 * @throws {UserError} `compile.dataset_name`.
 */
export function requirePortNames({ nodes }: Pick<PipelineSnapshot, "nodes">): void {
  for (const { name, func, inputs, outputs } of nodes) {
    const dataset = [...inputs, ...outputs].find((one) => /^[0-9]/.test(portName(one)));
    if (dataset === undefined) continue;
    throw new UserError(
      `Cannot compile node "${name}": dataset "${dataset}" begins with a digit, which Azure ML takes for no input or output`,
      {
        code: "compile.dataset_name",
        exit: ExitCode.Config,
        hint: `Rename "${dataset}" in the pipeline and in the catalog`,
        data: { dataset, function: func },
      },
    );
  }
}
