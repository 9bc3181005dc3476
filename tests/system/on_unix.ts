/** A test of what Windows does not have, such as links, permissions and signals. */
export function onUnix(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os === "windows", fn });
}
