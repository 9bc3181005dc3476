import { outputOf, runProgram } from "../shared/run_program.ts";

/** What the text of a file that unpacks itself runs. */
const SHELL = "sh cat gzip id ln ls mkdir mktemp mv readlink rm sha256sum sleep tail tar".split(" ");

/**
 * Makes a root folder that holds the C library, the executable and nothing else; /proc and writable folders are mounted.
 *
 * @returns whether the executable unpacks itself, so that a shell and its tools had to be put there too.
 */
export async function makeRoot(root: string, executable: string, deno: string): Promise<boolean> {
  for (const folder of ["bin", "proc", "data", "tmp", "home/user"]) {
    await Deno.mkdir(`${root}/${folder}`, { recursive: true });
  }
  await Deno.copyFile(executable, `${root}/bin/kedro-azureml`);
  const unpacks = await unpacksItself(executable);
  await copyLibraries(root, unpacks ? deno : executable);
  for (const tool of unpacks ? SHELL : []) {
    const path = (await outputOf("which", [tool])).trim();
    await Deno.copyFile(path, `${root}/bin/${tool}`);
    await copyLibraries(root, path);
  }
  await mount(root, "proc", "proc");
  if (unpacks) await bindNull(root);
  return unpacks;
}

/** Mounts a file system in memory. */
export async function mountMemory(root: string, folder: string): Promise<void> {
  await mount(root, "tmpfs", folder);
}

/** Lets nothing be written to the root but to what is mounted in it, or again everything. */
export async function writable(root: string, yes: boolean): Promise<void> {
  if (!yes) await outputOf("mount", ["--rbind", root, root]);
  if (!yes) await outputOf("mount", ["-o", "remount,ro,bind", root]);
  else await outputOf("umount", ["--lazy", root]);
}

async function mount(root: string, type: string, folder: string): Promise<void> {
  await outputOf("mount", ["-t", type, type, `${root}/${folder}`]);
}

/** A shell cannot throw output away without it. */
async function bindNull(root: string): Promise<void> {
  await Deno.mkdir(`${root}/dev`);
  await Deno.writeTextFile(`${root}/dev/null`, "");
  await outputOf("mount", ["--bind", "/dev/null", `${root}/dev/null`]);
}

/** Whether the executable is a shell's text and an archive, as `scripts/build/unpacking.ts` makes it. */
export async function unpacksItself(executable: string): Promise<boolean> {
  using file = await Deno.open(executable);
  const bytes = new Uint8Array(2);
  await file.read(bytes);
  return new TextDecoder().decode(bytes) === "#!";
}

async function copyLibraries(root: string, program: string): Promise<void> {
  const { stdout } = await runProgram("ldd", [program]);
  for (const [path] of stdout.matchAll(/\/\S+\.so\S*/g)) {
    await Deno.mkdir(`${root}${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    await Deno.copyFile(path, `${root}${path}`);
  }
}

/** Every file below the root but what is mounted for the kernel, with its size and time. */
export async function listing(root: string): Promise<readonly string[]> {
  const all = [root, "-path", `${root}/proc`, "-prune", "-o", "-printf", "%P %s %T@ %m\n"];
  const found = await outputOf("find", all);
  return found.split("\n").filter((line) => line !== "" && !line.startsWith(" ")).sort();
}
