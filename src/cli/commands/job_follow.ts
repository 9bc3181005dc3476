import type { Context } from "../../context.ts";
import { follow } from "../following.ts";
import { type JobOptions, openJobWorkspace } from "../job_workspace.ts";
import type { Output } from "../output.ts";

/** Follows one job to its end. */
export async function jobFollow(
  ctx: Context,
  options: JobOptions & { readonly timeout?: number },
): Promise<Output> {
  return await follow(ctx, await openJobWorkspace(ctx, options), options);
}
