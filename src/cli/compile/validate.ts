import type { AppContext } from "../../app/context.ts";
import type { Output } from "../command/output.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { annotate } from "../ci/annotations.ts";
import { renderValidated } from "./validate_text.ts";
import { validateJobs, type ValidateOptions } from "../../app/check/validate.ts";

/** Checks jobs, all of them where none is named, and tells what would fail in the cloud. */
export async function validate(ctx: AppContext, given: ValidateOptions): Promise<Output> {
  const validated = await validateJobs(ctx, await withParamsFile(ctx, given));
  annotate(ctx, validated);
  return renderValidated(validated, given);
}
