import { skipped } from "../../tests/peers/azurite.ts";
import { type Bench, ours, plugins } from "./lines.ts";
import { type Line, measuredRun, median } from "./measure.ts";
import { writeProject } from "./projects.ts";
import { fileSizes, requireArrived, type Sums, sumsOf, writeFiles } from "./upload_files.ts";
import { startUploadWorld, type UploadWorld } from "./upload_world.ts";

/** The files of the project beside its code. */
const FILES = { count: 2000, bytes: 210_000_000, folder: "assets" };
/** How many times as many bytes, in as many files, memory is measured with too. */
const MORE = 10;
/** Azurite keeps blobs in memory, up to half of the machine's. */
const MACHINE_BYTES_FOR_MORE = 8 * 2 ** 30;

/** What one program took: medians of times. */
export interface Uploaded {
  /** From the container being given to the code being registered, in milliseconds. */
  readonly uploadMs: number;
  /** The whole command, in milliseconds. */
  readonly commandMs: number;
  /** The most that a turn's high water of memory was, in bytes; `undefined` outside of Linux. */
  readonly peakBytes: number | undefined;
  /** The most of it that were pages of files, such as of the executable, in bytes. */
  readonly fileBytes: number | undefined;
}

/** All that was measured, or why nothing was. */
export type UploadResult = { readonly missing: string } | {
  readonly files: number;
  readonly bytes: number;
  readonly turns: number;
  readonly ours: Uploaded;
  readonly plugin: Uploaded | undefined;
  /** How many times as long the plugin's upload took, in each turn. */
  readonly ratios: readonly number[];
  /** With more bytes in as many files; `undefined` on a machine with little memory. */
  readonly more: { readonly bytes: number; readonly ours: Uploaded } | undefined;
};

type UploadBench = Omit<Bench, "azure">;

/** A project, and the files that its upload must have. */
interface Code {
  readonly project: string;
  readonly sums: Sums;
}

/** Uploads the same project with both programs in turns, each time into a new container of the same Azurite. */
export async function uploadResult(bench: UploadBench): Promise<UploadResult> {
  if (skipped !== "") return { missing: "Azurite is not installed; `deno task peers azurite` installs it" };
  const code = await writeCode(bench, FILES.bytes);
  const mine: Uploaded[] = [];
  const theirs: Uploaded[] = [];
  {
    await using world = await startUploadWorld(bench.folder);
    const [our, their] = lines(bench, world, code);
    for (let turn = -1; turn < bench.turns; turn++) {
      for (const [line, all] of [[our, mine], [their, theirs]] as const) {
        if (line === undefined) continue;
        const uploaded = await upload(world, line, { ...code, reads: turn < 0 });
        if (turn >= 0) all.push(uploaded);
      }
    }
  }
  await Deno.remove(code.project, { recursive: true });
  return {
    files: FILES.count,
    bytes: FILES.bytes,
    turns: bench.turns,
    ours: medianOf(mine),
    plugin: theirs.length === 0 ? undefined : medianOf(theirs),
    ratios: theirs.map(({ uploadMs }, turn) => uploadMs / mine[turn]!.uploadMs),
    more: Deno.systemMemoryInfo().total < MACHINE_BYTES_FOR_MORE ? undefined : await uploadMore(bench),
  };
}

async function uploadMore(bench: UploadBench): Promise<{ bytes: number; ours: Uploaded }> {
  const bytes = MORE * FILES.bytes;
  const code = await writeCode(bench, bytes);
  await using world = await startUploadWorld(bench.folder);
  const [our] = lines(bench, world, code);
  // Reads the project with the embedded Kedro, as the first turn above does.
  await measuredRun({ ...our!, args: ["compile", "main", "-o", `${bench.folder}/upload.yaml`] });
  const result = await upload(world, our!, { ...code, reads: true });
  await Deno.remove(code.project, { recursive: true });
  return { bytes, ours: result };
}

/** A project of two nodes with a folder of files. */
async function writeCode({ folder }: UploadBench, bytes: number): Promise<Code> {
  const project = `${folder}/upload-${bytes}`;
  await writeProject(project, 2);
  await writeFiles(`${project}/${FILES.folder}`, fileSizes(FILES.count, bytes));
  return { project, sums: await sumsOf(project, FILES.folder) };
}

function lines(bench: UploadBench, { azure }: UploadWorld, { project }: Code): readonly (Line | undefined)[] {
  const all = { ...bench, azure };
  return [
    ours(
      all,
      ["submit", "main", "--allow", "dataset.not_uploaded", "--allow", "dataset.local_between_steps"],
      project,
    ),
    ...plugins(all, ["run", "-j", "main"], project),
  ];
}

/** Runs a command that uploads the code to a new container, and checks what arrived. */
async function upload(
  world: UploadWorld,
  line: Line,
  { sums, reads }: Code & { readonly reads: boolean },
): Promise<Uploaded> {
  world.azure.reset(0);
  const { ms: commandMs, peakBytes, fileBytes } = await measuredRun(line);
  const made = world.take();
  await requireArrived(world.azurite, made, { sums, reads });
  return { uploadMs: made.tookMs, commandMs, peakBytes, fileBytes };
}

function medianOf(all: readonly Uploaded[]): Uploaded {
  const most = (numbers: readonly (number | undefined)[]) => {
    const known = numbers.flatMap((number) => number ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  return {
    uploadMs: median(all.map(({ uploadMs }) => uploadMs)),
    commandMs: median(all.map(({ commandMs }) => commandMs)),
    peakBytes: most(all.map(({ peakBytes }) => peakBytes)),
    fileBytes: most(all.map(({ fileBytes }) => fileBytes)),
  };
}
