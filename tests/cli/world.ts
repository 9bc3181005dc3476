import { equal, notEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { createEmulator, type Emulator, type EmulatorOptions } from "../fakes/emulator.ts";
import { run } from "../../src/cli/command_line.ts";
import { type FakeContext, fakeContext, type FakeOptions } from "../fakes/context.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../fakes/seed.ts";

/** Folder of the golden projects; ends with a slash. */
export const PROJECTS = fileURLToPath(new URL("../golden/projects/", import.meta.url));

/** Options of a world. */
export interface WorldOptions extends FakeOptions {
  readonly emulator?: EmulatorOptions;
  /** Name of a golden project (default: "tiny"). */
  readonly project?: string;
  /** Keeps the golden project's `conf/local/credentials.yml`, which causes warnings. */
  readonly hasCredentials?: boolean;
  /** Leaves the golden project's data in local files, with which no job can be submitted. */
  readonly hasLocalData?: boolean;
}

/** A project, an emulated Azure on the same clock, and a signed-in user. */
export interface World {
  readonly ctx: FakeContext;
  readonly azure: Emulator;
  /** Runs a command line; words are separated by spaces. */
  kedroAzureml(line: string | readonly string[]): Promise<number>;
  /** Runs a command line that succeeds, and returns its standard output. */
  printed(line: string | readonly string[]): Promise<string>;
  /** Runs a command line that fails with this exit code, and returns the error in its `--json`. */
  errorOf(line: string, exit: number): Promise<ReportedError>;
  /** Replaces texts in a file of the project, which has them. */
  edit(path: string, ...changes: readonly (readonly [find: string | RegExp, other: string])[]): Promise<void>;
}

/** An error as `--json` prints it. */
interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details: readonly string[];
  readonly place?: { readonly file: string; readonly line?: number };
}

type Files = Record<string, Uint8Array<ArrayBuffer>>;

/** Reads a folder of this checkout to a path outside of any checkout. */
function filesBelow(folder: string, shown: string, into: Files = {}): Files {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) filesBelow(`${folder}/${name}`, `${shown}/${name}`, into);
    else into[`${shown}/${name}`] = Deno.readFileSync(`${folder}/${name}`);
  }
  return into;
}

/**
 * Returns the files of a golden project, without its credentials unless a test needs them. Its data is in a bucket,
 * because jobs with local data cannot be submitted; the files keep their sizes.
 */
export function projectFiles(project: string, hasCredentials = false, hasLocalData = false): Files {
  const files = filesBelow(`${PROJECTS}${project}`, `/home/user/${project}`);
  for (
    const name of hasLocalData
      ? []
      : Object.keys(files).filter((name) => /\/conf\/[^/]+\/catalog\.yml$/.test(name))
  ) {
    const text = new TextDecoder().decode(files[name]).replaceAll(
      /(filepath: (?:["']|\$\{[^}]*')?)data\//g,
      "$1s3://",
    );
    files[name] = new TextEncoder().encode(text);
  }
  if (hasCredentials) return files;
  delete files[`/home/user/${project}/conf/local/credentials.yml`];
  return { ...files, [`/home/user/${project}/conf/local/.gitkeep`]: new Uint8Array() };
}

/** Creates a world. */
export function makeWorld(options: WorldOptions = {}): World {
  const { project = "tiny", hasCredentials = false, hasLocalData = false, emulator, ...rest } = options;
  const ctx = fakeContext({
    files: projectFiles(project, hasCredentials, hasLocalData),
    cwd: `/home/user/${project}`,
    env: SIGNED_IN,
    fetch: (request) => azure.fetch(request),
    ...rest,
  });
  const azure = createEmulator({
    clock: ctx.clock,
    ...emulator,
    seed: { ...GOLDEN_SEED, ...emulator?.seed },
  });
  const kedroAzureml: World["kedroAzureml"] = (line) =>
    run(typeof line === "string" ? line.split(" ") : line, ctx);
  return {
    ctx,
    azure,
    kedroAzureml,
    async printed(line) {
      const before = ctx.stdout().length;
      equal(await kedroAzureml(line), 0, ctx.stderr());
      return ctx.stdout().slice(before);
    },
    async errorOf(line, exit) {
      equal(await kedroAzureml(`${line} --json`), exit, ctx.stderr());
      return JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error;
    },
    async edit(path, ...changes) {
      const file = `${ctx.cwd}/${path}`;
      const edited = changes.reduce((text, [find, other]) => {
        const changed = text.replace(find, () => other);
        notEqual(changed, text, `${path} has no ${find}`);
        return changed;
      }, await ctx.fs.readText(file));
      await ctx.fs.writeText(file, edited);
    },
  };
}
