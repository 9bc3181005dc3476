import { showConfig } from "../../app/config/show.ts";
import type { AppContext } from "../../app/context.ts";
import { readingRequest, type ReadingTyped } from "../command/requests.ts";
import type { Output } from "../command/output.ts";

/**
 * Prints azureml.yml with the layers of the environment merged; with `--origin`, also where each value comes from.
 *
 * @throws {UserError} `config.*`, also if the project has no azureml.yml.
 */
export async function configShow(
  ctx: AppContext,
  typed: ReadingTyped & { readonly origin?: boolean },
): Promise<Output> {
  const { values, yaml, warnings } = await showConfig(ctx, readingRequest(typed), typed);
  return { data: { values }, text: yaml, isRaw: true, warnings };
}
