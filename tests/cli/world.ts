import { createEmulator } from "../../src/emulator/emulator.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import type { EmulatorOptions, Seed } from "../../src/emulator/world/options.ts";
import { run } from "../../src/cli/run.ts";
import { type FakeContext, fakeContext, type FakeOptions } from "../fakes/context.ts";

/** Folder of the golden projects; ends with a slash. */
export const PROJECTS = new URL("../golden/projects/", import.meta.url).pathname;

/** What the golden projects name. */
export const WORKSPACES: Seed = {
  tenant: "72f988bf-0000-0000-0000-000000000000",
  client: "00000000-0000-0000-0000-000000000001",
  secret: "golden-secret",
  workspaces: [
    {
      subscription_id: "11111111-2222-3333-4444-555555555555",
      resource_group: "rg-golden",
      name: "ws-golden",
    },
    {
      subscription_id: "99999999-2222-3333-4444-555555555555",
      resource_group: "rg-staging",
      name: "ws-staging",
    },
  ],
  computes: ["cpu-cluster", "gpu-cluster", "highmem-cluster"],
  environments: [
    { name: "kedro-env", versions: ["9", "12"] },
    { name: "spaceflights-env", versions: ["12"] },
    { name: "other-env", versions: ["3"] },
  ],
};

/** A service principal that the emulator knows. */
export const SIGNED_IN = {
  AZURE_TENANT_ID: WORKSPACES.tenant!,
  AZURE_CLIENT_ID: WORKSPACES.client!,
  AZURE_CLIENT_SECRET: WORKSPACES.secret!,
};

/** What is different in a world. */
export interface WorldOptions extends FakeOptions {
  readonly emulator?: EmulatorOptions;
  /** Name of a golden project; "tiny" when absent. */
  readonly project?: string;
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

/** The files of a golden project, as if they lay in the home folder. */
export function projectFiles(project: string): Files {
  return filesBelow(`${PROJECTS}${project}`, `/home/user/${project}`);
}

/** Makes a world. */
export function makeWorld(options: WorldOptions = {}): World {
  const { project = "tiny", emulator, ...rest } = options;
  const ctx = fakeContext({
    files: projectFiles(project),
    cwd: `/home/user/${project}`,
    env: SIGNED_IN,
    fetch: (request) => azure.fetch(request),
    ...rest,
  });
  const azure = createEmulator({ clock: ctx.clock, ...emulator, seed: { ...WORKSPACES, ...emulator?.seed } });
  return {
    ctx,
    azure,
    kedroAzureml: (line) => run(typeof line === "string" ? line.split(" ") : line, ctx),
  };
}
