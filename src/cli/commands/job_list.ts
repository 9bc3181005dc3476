import type { Context } from "../../context.ts";
import { listing, type ListingOptions } from "../listing.ts";
import type { Output } from "../output.ts";

/** Lists the jobs of a workspace. */
export async function jobList(ctx: Context, options: ListingOptions): Promise<Output> {
  return await listing(ctx, options);
}
