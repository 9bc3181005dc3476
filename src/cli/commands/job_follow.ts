import type { Context } from "../../context.ts";
import { follow } from "../following.ts";
import { type JobOptions, openJob } from "../job_target.ts";
import type { Output } from "../output.ts";

/** Follows one job to its end. */
export async function jobFollow(
  ctx: Context,
  options: JobOptions & { readonly timeout?: number },
): Promise<Output> {
  const { workspace, name } = await openJob(ctx, options);
  return await follow(ctx, workspace, { ...options, name });
}
