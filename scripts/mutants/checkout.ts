import { outputOf, runProgram } from "../shared/run_program.ts";

/** A copy of the checkout, in which tests run with a mutant. */
export interface Copy {
  readonly folder: string;
  /** Runs test files until one fails, and returns the name of the failed test, if any. */
  run(tests: readonly string[], timeoutMs: number): Promise<string | undefined>;
  remove(): Promise<void>;
}

/** Copies the checkout with its uncommitted changes; of `.cache`, only what tests write. */
export async function copyCheckout(): Promise<Copy> {
  const folder = await Deno.makeTempDir({ prefix: "mutants-" });
  const checkout = `${folder}/checkout`;
  const listed = await outputOf("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  for (const path of listed.split("\0").filter((path) => path !== "")) {
    await copy(path, `${checkout}/${path}`);
  }
  await Deno.mkdir(`${checkout}/.cache`);
  for await (const { name } of Deno.readDir(".cache")) {
    const path = `.cache/${name}`;
    if (name !== "reader_answers") await Deno.symlink(await Deno.realPath(path), `${checkout}/${path}`);
  }
  await copyFolder(".cache/reader_answers", `${checkout}/.cache/reader_answers`);
  await Deno.mkdir(`${folder}/tmp`);
  const env = { TMPDIR: `${folder}/tmp`, NO_COLOR: "1" };
  return {
    folder: checkout,
    async run(tests, timeoutMs) {
      const args = ["test", "--lock=deno.lock", "--frozen", "--no-check", "-A", "--no-prompt", "--fail-fast"];
      const seconds = String(Math.ceil(timeoutMs / 1000));
      const command = [seconds, Deno.execPath(), ...args, ...tests];
      const { code, stdout, stderr } = await runProgram("timeout", command, { cwd: checkout, env });
      if (code === 0) return undefined;
      if (code === 124) return `no end after ${seconds} s`;
      return / FAILURES \n+(.+)/.exec(stdout)?.[1] ?? `exit ${code}: ${(stderr || stdout).slice(0, 200)}`;
    },
    remove: () => Deno.remove(folder, { recursive: true }),
  };
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
  const stat = await Deno.lstat(from).catch(() => undefined);
  if (stat?.isSymlink) await Deno.symlink(await Deno.readLink(from), to);
  else if (stat?.isFile) await Deno.copyFile(from, to);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  await Deno.mkdir(from, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
}
