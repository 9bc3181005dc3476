Deno.test({name:"x",sanitizeOps:false,sanitizeResources:false,fn:async()=>{
// deno-lint-ignore-file no-console -- this prints what it proves
const SRC = new URL("../../src/", import.meta.url);
const found = new Map<string, Set<string>>();
function* files(folder: URL): Iterable<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* files(new URL(`${name}/`, folder));
    else if (/\.tsx?$/.test(name) && !name.endsWith(".d.ts")) yield new URL(name, folder);
  }
}
for (const file of files(SRC)) {
  const path = file.href.slice(SRC.href.length);
  const plugin: Deno.lint.Plugin = { name: "patterns", rules: { all: { create: () => ({
    Literal(node) {
      if (!("regex" in node) || !node.regex) return;
      const text = `/${node.regex.pattern}/${node.regex.flags}`;
      found.set(text, (found.get(text) ?? new Set()).add(path));
    } }) } } };
  try { Deno.lint.runPlugin(plugin, file.pathname, Deno.readTextFileSync(file)); } catch (e) { console.log(path, e); }
}

const { check } = await import("recheck");
const out: unknown[] = [];
const t0 = performance.now();
for (const [pattern, paths] of found) {
  const end = pattern.lastIndexOf("/");
  const a = performance.now();
  let r = await check(pattern.slice(1, end), pattern.slice(end + 1), { timeout: 20000, checker: "automaton" } as const);
  let by = "automaton";
  if (r.status === "unknown") { by = "fuzz"; r = await check(pattern.slice(1, end), pattern.slice(end + 1), { timeout: 20000, checker: "fuzz" } as const); }
  if (by === "fuzz" || r.status !== "safe") out.push({ pattern, paths: [...paths], by, status: r.status, c: (r as any).complexity?.summary, e: (r as any).error, ms: performance.now() - a });
}
console.log(JSON.stringify(out, null, 1), found.size, performance.now() - t0);
}});
