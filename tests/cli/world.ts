import { fileURLToPath } from "node:url";
import { createEmulator } from "../../src/emulator/emulator.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import type { EmulatorOptions } from "../../src/emulator/world/options.ts";
import { run } from "../../src/cli/run.ts";
import { type FakeContext, fakeContext, type FakeOptions } from "../fakes/context.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../fakes/seed.ts";

/** Folder of the golden projects; ends with a slash. */
export const PROJECTS = fileURLToPath(new URL("../golden/projects/", import.meta.url));

/** What is different in a world. */
export interface WorldOptions extends FakeOptions {
  readonly emulator?: EmulatorOptions;
  /** Name of a golden project; "tiny" when absent. */
  readonly project?: string;
  /** Leaves the golden project's `conf/local/credentials.yml` where it is, of which submitting and checking warn. */
  readonly hasCredentials?: boolean;
}

/** A world with a project on disk, an emulated Azure that tells the same time, and somebody signed in. */
export interface World {
  readonly ctx: FakeContext;
  readonly azure: Emulator;
  /** Runs a command line, words parted by spaces. */
  kedroAzureml(line: string | readonly string[]): Promise<number>;
}

type Files = Record<string, Uint8Array<ArrayBuffer>>;

/** The files of a folder of this checkout, as if they lay elsewhere, and in no checkout. */
function filesBelow(folder: string, shown: string, into: Files = {}): Files {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) filesBelow(`${folder}/${name}`, `${shown}/${name}`, into);
    else into[`${shown}/${name}`] = Deno.readFileSync(`${folder}/${name}`);
  }
  return into;
}

/** A golden project; its empty credentials are replaced by what keeps their folder, unless a test is about them. */
export function projectFiles(project: string, hasCredentials = false): Files {
  const files = filesBelow(`${PROJECTS}${project}`, `/home/user/${project}`);
  if (hasCredentials) return files;
  delete files[`/home/user/${project}/conf/local/credentials.yml`];
  return { ...files, [`/home/user/${project}/conf/local/.gitkeep`]: new Uint8Array() };
}

/** Makes a world. */
export function makeWorld(options: WorldOptions = {}): World {
  const { project = "tiny", hasCredentials = false, emulator, ...rest } = options;
  const ctx = fakeContext({
    files: projectFiles(project, hasCredentials),
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
  return {
    ctx,
    azure,
    kedroAzureml: (line) => run(typeof line === "string" ? line.split(" ") : line, ctx),
  };
}
