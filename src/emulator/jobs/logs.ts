import { createBlob, fileContent, textContent } from "../storage/store.ts";
import { findRun, nodesOf, reusedRun, type Run, stepRuns } from "./state.ts";
import { grantBlob } from "../storage/sas.ts";
import type { Container, Content } from "../world/contents.ts";
import { type EmulatedWorkspace, openContainer, type World } from "../world/world.ts";

const CONTAINER = "azureml";
const SYSTEM_LOG = "system_logs/lifecycler/lifecycler.log";
/** Maximum number of lines in a simulated step's log. */
const MOST_LINES = 1000;

/** Stores the logs of a run so far as blobs. @returns SAS URLs by file name. */
export async function logFiles(world: World, run: Run): Promise<Readonly<Record<string, string>>> {
  if (reusedRun(world, run) !== undefined) return {};
  const keep = (name: string, text: string) => keepRunFile(world, run, name, textContent(text));
  const system = run.step !== undefined && world.pace.stepPreparesMs && run.status !== "Queued"
    ? { [SYSTEM_LOG]: keep(SYSTEM_LOG, "Preparing the environment\n") }
    : {};
  if (run.startedAt === undefined) return system;
  if (run.step !== undefined && run.job.execution !== undefined) return await writtenLogs(world, run);
  const [name, text] = run.step === undefined ? ["logs/azureml/executionlogs.txt", jobLog(world, run)] : [
    "user_logs/std_log.txt",
    stepLog(run, world.clock.now().getTime(), nodesOf(world, run.job, run.step!)),
  ];
  return { ...system, [name!]: keep(name!, text!) };
}

/** The log files of a step that runs on this machine. */
async function writtenLogs(world: World, run: Run): Promise<Readonly<Record<string, string>>> {
  const { disk } = world;
  const root = `${run.job.execution!.steps[run.step!]!.folder}/logs`;
  if (disk === undefined || await disk.fs.stat(root) === undefined) return {};
  const urls: Record<string, string> = {};
  for await (const { path, kind } of disk.fs.walk(root, () => true)) {
    const stat = kind === "file" ? await disk.fs.stat(path) : undefined;
    if (stat === undefined) continue;
    const name = path.slice(root.length + 1).replaceAll("\\", "/");
    urls[name] = keepRunFile(world, run, name, fileContent(path, stat.sizeBytes));
  }
  return urls;
}

/** Stores the artifacts of a completed step as blobs. @returns SAS URLs by path. */
export function leftFiles(world: World, run: Run): Readonly<Record<string, string>> {
  if (run.step === undefined || run.status !== "Completed" || reusedRun(world, run) !== undefined) return {};
  return Object.fromEntries(
    Object.entries(world.outcome.artifacts ?? {}).map(([path, text]) => [
      path,
      keepRunFile(world, run, encodeURIComponent(path), textContent(text)),
    ]),
  );
}

/** Updates the blobs of a run's logs and artifacts; call it before listing blobs with a prefix. */
export async function keepArtifacts(
  world: World,
  { account, name }: Container,
  prefix: string,
): Promise<void> {
  const id = /^ExperimentRun\/dcid\.([^/]+)\//.exec(prefix)?.[1];
  const workspace = world.workspaces.find((workspace) => workspace.account === account);
  if (name !== CONTAINER || id === undefined || workspace === undefined) return;
  const run = findRun(world, workspace, id);
  if (run === undefined) return;
  await logFiles(world, run);
  leftFiles(world, run);
  if (run.step !== undefined || run.startedAt === undefined) return;
  // Two logs of a pipeline job are always empty.
  for (const name of ["stderrlogs.txt", "stdoutlogs.txt"]) {
    keepRunFile(world, run, `logs/azureml/${name}`, textContent(""));
  }
}

function keepRunFile(world: World, { id, job: { workspace } }: Run, name: string, content: Content): string {
  return keepFile(world, workspace, `ExperimentRun/dcid.${id}/${name}`, content);
}

/** Stores a blob unless it already has that size. @returns a SAS URL to read it. */
export function keepFile(
  world: World,
  { account }: EmulatedWorkspace,
  blob: string,
  content: Content,
): string {
  const { blobs } = openContainer(world, account, CONTAINER);
  if (blobs.get(blob)?.sizeBytes !== content.sizeBytes) {
    blobs.set(blob, createBlob(world, content, { contentType: "application/octet-stream" }));
  }
  return grantBlob(world, { account, container: CONTAINER, blob, permissions: "r" });
}

function jobLog(world: World, run: Run): string {
  const lines = stepRuns(world, run.job).flatMap((step) => [
    `[${stamp(step.createdAt)}] Submitting 1 runs, first five are: ${step.step}:${step.id}`,
    ...(step.endedAt === undefined ? [] : [
      `[${stamp(step.endedAt)}] ${
        step.status === "Completed" ? "Completing" : "Ending"
      } processing run id ${step.id}.`,
    ]),
  ]);
  return lines.sort().map((line) => `${line}\n`).join("");
}

/** The log of a simulated step of several nodes, which take equal time; the last one may fail. */
function groupLog(run: Run, now: number, nodes: readonly string[]): string {
  const seconds = Math.floor(((run.endedAt ?? now) - run.startedAt!) / 1000);
  const running = run.endedAt === undefined ? Math.min(seconds, nodes.length - 1) : nodes.length - 1;
  return nodes.slice(0, running + 1).flatMap((node, at) => {
    const line = `kedro-azureml: node ${at + 1}/${nodes.length} ${node}`;
    if (at === running && run.endedAt === undefined) return [`${line}: started`];
    const isFailed = at === running && run.error !== undefined;
    return [
      `${line}: started`,
      ...isFailed ? [`[${stamp(run.endedAt!)}] ERROR    ${run.error}`] : [],
      `${line}: ${isFailed ? "failed in 1 s with exit code 1" : "completed in 1 s"}`,
    ];
  }).map((line) => `${line}\n`).join("");
}

/** The log of a simulated step: one line at its start, one for each second, and one at its end. */
function stepLog(run: Run, now: number, nodes: readonly string[]): string {
  if (nodes.length > 0) return groupLog(run, now, nodes);
  const start = run.startedAt!;
  const seconds = Math.min(Math.floor(((run.endedAt ?? now) - start) / 1000), MOST_LINES);
  const lines = [
    `[${stamp(start)}] INFO     Running node: ${run.step}`,
    ...Array.from(
      { length: seconds },
      (_, at) => `[${stamp(start + (at + 1) * 1000)}] INFO     ${run.step} has run for ${at + 1} s`,
    ),
    ...(run.endedAt === undefined ? [] : [
      run.error === undefined
        ? `[${stamp(run.endedAt)}] INFO     Pipeline execution completed successfully.`
        : `[${stamp(run.endedAt)}] ERROR    ${run.error}`,
    ]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function stamp(time: number): string {
  return new Date(time).toISOString().replace("T", " ").replace(/\.\d+Z$/, "Z");
}
