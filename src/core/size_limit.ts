import type { FileSystem } from "./context.ts";
import { UserError } from "./errors.ts";

/** Files that are written by hand are smaller; parsing 1 MiB of short keys takes about 4 seconds and 100 MB. */
export const MOST_CONFIG_BYTES = 2 * 1024 * 1024;

/**
 * Throws if a file that is parsed as a whole is too large, so that it takes neither the memory nor minutes.
 *
 * @param name Path of the file as the user knows it.
 * @throws {UserError} `file.too_large`.
 */
export async function requireSmall(
  { fs }: { readonly fs: Pick<FileSystem, "stat"> },
  path: string,
  name: string,
  mostBytes = MOST_CONFIG_BYTES,
): Promise<void> {
  const sizeBytes = (await fs.stat(path))?.sizeBytes ?? 0;
  if (sizeBytes <= mostBytes) return;
  const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
  throw new UserError(
    `"${name}" has ${megabytes(sizeBytes)} MiB; at most ${megabytes(mostBytes)} MiB are read`,
    {
      code: "file.too_large",
      hint: `Split "${name}", or move data out of it`,
      place: { file: name },
    },
  );
}
