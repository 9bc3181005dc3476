import { createPatch } from "diff";

/** How a text changed, as `diff -u` writes it, with three lines around; without the lines that name the files. */
export function patchOf(name: string, before: string, after: string): string {
  const patch = createPatch(name, before, after, "", "", { context: 3 });
  return patch.slice(patch.indexOf("\n@@") + 1);
}
