import type { Context } from "../../core/context.ts";
import { wasReadBefore } from "../../kedro/reader/cache_store.ts";

/**
 * Starts the embedded reader while a command is loading, unless the cache has what it would read.
 *
 * @param folder Absolute path of the folder that the command works in.
 */
export async function prepareReader(
  ctx: Context,
  folder: string,
  { cache = true }: { readonly cache?: boolean | undefined },
): Promise<void> {
  if (!cache || !await wasReadBefore(ctx, folder)) ctx.resources.prepareReader();
}
