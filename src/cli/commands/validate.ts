import type { Context } from "../../context.ts";
import type { CheckingOptions } from "../checking.ts";
import type { Output } from "../output.ts";
import { withParamsFile } from "../params_file.ts";
import { annotate } from "../render/annotations.ts";
import { renderValidated } from "../render/validate.ts";
import { validateJobs } from "../validation.ts";

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
