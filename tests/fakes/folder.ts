import { join } from "node:path";

/** Creates a folder on disk, which is removed at the end of the scope; a text that starts with `-> ` becomes a link. */
export async function createFolder(
  files: Record<string, string> = {},
): Promise<AsyncDisposable & { root: string }> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    if (text.startsWith("-> ")) await Deno.symlink(text.slice(3), path);
    else await Deno.writeTextFile(path, text);
  }
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}
