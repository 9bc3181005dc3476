import type { Context } from "../../core/context.ts";
import type { CheckingOptions } from "../../app/check/check.ts";
import type { Output } from "../command/output.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { annotate } from "../ci/annotations.ts";
import { renderValidated } from "./validate_text.ts";
import { validateJobs } from "../../app/check/validate.ts";

/** Options of `validate`. */
export interface ValidateOptions extends CheckingOptions {
  readonly all?: boolean;
  /** Whether Azure is asked too. */
  readonly online?: boolean;
}

/** Checks jobs, all of them where none is named, and tells what would fail in the cloud. */
export async function validate(ctx: Context, given: ValidateOptions): Promise<Output> {
  const validated = await validateJobs(ctx, await withParamsFile(ctx, given));
  annotate(ctx, validated);
  return renderValidated(validated, given);
}
