import type { Context } from "../../core/context.ts";
import { listing, type ListingOptions } from "../../app/runs/list.ts";
import type { Output } from "../command/output.ts";

/** Lists the jobs of a workspace. */
export async function jobList(ctx: Context, options: ListingOptions): Promise<Output> {
  return await listing(ctx, options);
}
