/**
 * PATH without entries that depend on the working folder, such as an empty one: that folder is the project, whose files
 * are not the programs that the user means.
 */
export function safePath(path: string | undefined): { readonly PATH?: string } {
  if (path === undefined || Deno.build.os === "windows") return {};
  return { PATH: path.split(":").filter(isFixed).join(":") };
}

/** Whether an entry names the same folder everywhere, unlike `bin` or `/proc/self/cwd/bin`. */
function isFixed(entry: string): boolean {
  return entry.startsWith("/") && !entry.startsWith("/proc/");
}
