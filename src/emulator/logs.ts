import type { RunState } from "./runs.ts";
import { grantBlob } from "./sas.ts";
import { type Container, listOf, type World } from "./world.ts";

/** Writes what a run has logged by now, and gives a SAS URL for each file. */
export function logFiles(
  world: World,
  state: RunState,
  failure: string | undefined,
): Readonly<Record<string, string>> {
  const { run, step } = state;
  const container = logContainer(world, state);
  const runId = step?.run.runId ?? run.job;
  const files = step === undefined ? jobFiles(state) : stepFiles(state, failure);
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => {
      const blob = `ExperimentRun/dcid.${runId}/${name}`;
      put(world, container, blob, text);
      const { account, name: containerName } = container;
      return [name, grantBlob(world, { account, container: containerName, blob, permissions: "r" })];
    }),
  );
}

function logContainer(world: World, { run }: RunState): Container {
  const [store] = listOf(world, run.workspace, "datastores");
  return world.containers.get(`${run.workspace.account}/${store!.properties.containerName}`)!;
}

function jobFiles({ timeline, status }: RunState): Readonly<Record<string, string>> {
  if (["NotStarted", "Preparing"].includes(status)) return {};
  const lines = timeline.steps.map((one) =>
    `[${new Date(one.queuedAt).toISOString()}] Submitting step ${one.step}.`
  );
  return { "logs/azureml/executionlogs.txt": lines.join("\n") + "\n", "logs/azureml/stderrlogs.txt": "" };
}

function stepFiles(
  { step, status }: RunState,
  failure: string | undefined,
): Readonly<Record<string, string>> {
  const { times, run } = step!;
  if (status === "Queued" || times.startedAt === undefined) return {};
  const said = (at: number, text: string) => `[${new Date(at).toISOString()}] ${text}`;
  const lines = [said(times.startedAt, `The emulator runs nothing; Azure ML would run: ${run.command}`)];
  if (status !== "Running") {
    lines.push(...(failure === undefined ? [] : [failure]), said(times.endedAt, status));
  }
  return { "user_logs/std_log.txt": lines.join("\n") + "\n", "system_logs/lifecycler/lifecycler.log": "" };
}

function put(world: World, container: Container, name: string, text: string): void {
  container.blobs.set(name, {
    content: new TextEncoder().encode(text),
    contentType: "text/plain; charset=utf-8",
    md5: undefined,
    metadata: {},
    etag: `"0x8DE${text.length.toString(16).toUpperCase().padStart(12, "0")}"`,
    modifiedAt: world.clock.now(),
    staged: new Map(),
    isUncommitted: false,
  });
}
