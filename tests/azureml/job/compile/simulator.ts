import { deepStrictEqual, equal, ok } from "node:assert/strict";
import type { NodeSnapshot } from "../../../../src/kedro/snapshot.ts";
import { plain, type RandomPipeline } from "./random_pipeline.ts";

/** The parts of a compiled job that the simulator uses. */
export interface JobFile {
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly jobs?: Readonly<Record<string, StepFile>>;
}

interface StepFile {
  readonly inputs?: Readonly<Record<string, string | { readonly path: string; readonly type?: string }>>;
  readonly outputs?: Readonly<Record<string, string | { readonly name?: string }>>;
  readonly compute: string;
  readonly resources?: { readonly instance_type?: string; readonly instance_count?: number };
  readonly component: { readonly command: string };
}

/** One call of `kedro azureml execute` in a command. */
interface Call {
  readonly node: string;
  readonly reads: readonly (readonly [dataset: string, path: string])[];
  readonly writes: readonly (readonly [dataset: string, path: string])[];
}

/**
 * Simulates a job: each step runs after the steps that it reads from, in its own container, node by node.
 * Fails if a node does not run exactly once, reads a missing dataset, or runs on another compute.
 *
 * @param where The compute and the instance type that a node must have.
 * @returns The nodes of each step.
 */
export function simulate(
  job: JobFile,
  { pipeline, catalog }: RandomPipeline,
  where: (node: NodeSnapshot) => readonly [compute: string, instanceType: string | undefined],
): readonly (readonly string[])[] {
  const nodes = new Map(pipeline.nodes.map((node) => [node.name, node]));
  const steps = Object.entries(job.jobs ?? {});
  /** Content of each output folder: the writing node, by dataset. */
  const folders = new Map<string, Map<string, string>>();
  const ran: string[] = [];
  const done = new Set<string>();
  const assets = new Set<string>();
  while (done.size < steps.length) {
    const next = steps.find(([key, step]) =>
      !done.has(key) && sources(step).every(([from]) => done.has(from))
    );
    ok(next !== undefined, "steps wait for each other");
    const [key, step] = next;
    done.add(key);
    for (const name of Object.keys(step.outputs ?? {})) folders.set(`${key}.${name}`, new Map());
    const temporary = new Map<string, Map<string, string>>();
    const calls = callsOf(step.component.command);
    const folderAt = (path: string) => {
      const [, kind, port] = /^\$\{\{(inputs|outputs)\.(\w+)\}\}$/.exec(path) ?? [];
      if (kind === undefined) {
        ok(
          step.component.command.includes(`mkdir`) && step.component.command.includes(path),
          `${path} is made`,
        );
        if (!temporary.has(path)) temporary.set(path, new Map());
        return temporary.get(path)!;
      }
      if (kind === "outputs") return folders.get(`${key}.${port}`);
      const input = step.inputs?.[port!];
      ok(typeof input === "object", `${port} is an input of ${key}`);
      const [, from, output] = /^\$\{\{parent\.jobs\.(\w+)\.outputs\.(\w+)\}\}$/.exec(input.path) ?? [];
      return from === undefined ? new Map([["", input.path]]) : folders.get(`${from}.${output}`);
    };
    for (const call of calls) {
      const node = nodes.get(call.node)!;
      ran.push(node.name);
      const [compute, instanceType] = where(node);
      equal(step.compute, `azureml:${compute}`);
      equal(step.resources?.instance_type, instanceType);
      if (node.distributed !== null) equal(calls.length, 1);
      else equal(step.resources?.instance_count, undefined);
      const writer = (dataset: string) =>
        pipeline.nodes.find(({ outputs }) => outputs.some((one) => plain(one) === plain(dataset)))?.name;
      const mounted = node.inputs.filter((dataset) =>
        writer(dataset) !== undefined || String(catalog[dataset]?.type).endsWith("AzureMLAssetDataset")
      );
      deepStrictEqual(call.reads.map(([dataset]) => dataset), mounted);
      for (const [dataset, path] of call.reads) {
        const found = folderAt(path);
        const from = writer(dataset);
        if (from === undefined) equal(found?.get(""), "azureml:root@latest");
        else equal(found?.get(plain(dataset)), from, `${node.name} reads ${dataset}`);
      }
      deepStrictEqual(call.writes.map(([dataset]) => dataset), node.outputs);
      for (const [dataset, path] of call.writes) {
        const folder = folderAt(path);
        ok(folder !== undefined, `${path} is an output of ${key}`);
        equal(folder.size, 0, `${path} is used once`);
        folder.set(plain(dataset), node.name);
        const asset = catalog[dataset]?.azureml_dataset;
        if (asset === undefined) continue;
        const output = step.outputs?.[/^\$\{\{outputs\.(\w+)/.exec(path)?.[1] ?? ""];
        ok(output !== undefined, `data asset ${asset} is an output`);
        const bound = typeof output === "string" ? job.outputs?.[/outputs\.(\w+)/.exec(output)![1]!] : output;
        equal((bound as { name?: string }).name, asset);
        assets.add(dataset);
      }
    }
  }
  deepStrictEqual([...ran].sort(), [...nodes.keys()].sort());
  equal(Object.keys(job.outputs ?? {}).length, pipeline.outputs.length);
  return steps.map(([, { component }]) => callsOf(component.command).map(({ node }) => node));
}

/** Returns the steps and outputs that a step reads. */
function sources({ inputs = {} }: StepFile): (readonly [string, string])[] {
  return Object.values(inputs).flatMap((input) => {
    const text = typeof input === "string" ? input : input.path;
    const [, step, output] = /^\$\{\{parent\.jobs\.(\w+)\.outputs\.(\w+)\}\}$/.exec(text) ?? [];
    return step === undefined ? [] : [[step, output!] as const];
  });
}

/** Parses a command as the shell does, for the names in these tests. */
function callsOf(command: string): Call[] {
  const single = /execute --pipeline=\S+ --node=(?!"\$_n")(\S+)(.*?); rc=/s.exec(command);
  const runs = single === null
    ? [...command.slice(command.indexOf("}; run 1 ")).matchAll(/run \d+ (\S+?)((?: --az-.*?)?)(?=;|$)/g)]
    : [single];
  return runs.map(([, node, rest]) => ({
    node: node!,
    reads: mounts(rest!, "input"),
    writes: mounts(rest!, "output"),
  }));
}

function mounts(text: string, kind: string): (readonly [string, string])[] {
  return [...text.matchAll(new RegExp(` --az-${kind}=(\\S+) (\\S+)`, "g"))]
    .map(([, dataset, path]) => [dataset!.replace(/^'(.*)'$/, "$1"), path!] as const);
}
