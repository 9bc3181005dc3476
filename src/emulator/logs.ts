import { createBlob, keepContent } from "./blob_store.ts";
import { type Run, stepRuns } from "./job_state.ts";
import { grantBlob } from "./sas.ts";
import type { Workspace, World } from "./world.ts";

const CONTAINER = "azureml";

/** Writes what a run has logged so far, and gives a SAS URL for each file by its name. */
export function logFiles(world: World, workspace: Workspace, run: Run): Readonly<Record<string, string>> {
  if (run.startedAt === undefined) return {};
  const [name, text] = run.step === undefined
    ? ["logs/azureml/executionlogs.txt", jobLog(world, run)]
    : ["user_logs/std_log.txt", stepLog(run)];
  const { account } = workspace;
  const key = `${account}/${CONTAINER}`;
  const container = world.containers.get(key) ?? { account, name: CONTAINER, blobs: new Map() };
  world.containers.set(key, container);
  const blob = `ExperimentRun/dcid.${run.id}/${name}`;
  const content = keepContent(world, new TextEncoder().encode(text));
  container.blobs.set(blob, createBlob(world, content, { contentType: "text/plain" }));
  return { [name]: grantBlob(world, { account, container: CONTAINER, blob, permissions: "r" }) };
}

function jobLog(world: World, run: Run): string {
  const lines = stepRuns(world, run.job).flatMap((one) => [
    `[${stamp(one.createdAt)}] Submitting 1 runs, first five are: ${one.step}:${one.id}`,
    ...(one.endedAt === undefined ? [] : [
      `[${stamp(one.endedAt)}] ${
        one.status === "Completed" ? "Completing" : "Ending"
      } processing run id ${one.id}.`,
    ]),
  ]);
  return lines.sort().map((line) => `${line}\n`).join("");
}

function stepLog(run: Run): string {
  const lines = [
    `[${stamp(run.startedAt!)}] INFO     Running node: ${run.step}`,
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
