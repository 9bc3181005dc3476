import { deepEqual } from "node:assert/strict";
import type { AppContext } from "../../../src/app/context.ts";
import { type JobOptions, selectJobs } from "../../../src/app/project/select_jobs.ts";
import { makeWorld } from "../../cli/world.ts";

/** Selects jobs of a project with these jobs, by a person who chooses the answer. */
async function selected(jobs: string, choice: Partial<JobOptions>, answer?: string) {
  const { ctx, edit } = makeWorld();
  await edit("conf/base/azureml.yml", [/^jobs:\n[^]*$/m, `jobs: ${jobs}\n`]);
  const asked: unknown[] = [];
  const choose = async (...question: unknown[]) => {
    asked.push(question);
    return answer;
  };
  const person = answer === undefined ? undefined : { choose } as unknown as AppContext["person"];
  const app = { ...ctx, report() {}, person };
  const found = await selectJobs(app, { names: [], ...choice });
  return { asked, jobs: [...found.jobs].map(([name, { selection }]) => [name, selection]) };
}

const ONE = "{main: {pipeline: {pipeline_name: __default__}}}";
const THREE = "{train: {pipeline: {}}, main: {pipeline: {}}, eval: {pipeline: {}}}";
const NODES = { nodes: ["clean"] };

Deno.test("--nodes limits the named jobs", async () => {
  const selection = { node_names: ["clean"] };
  deepEqual((await selected(THREE, { names: ["main"], ...NODES })).jobs, [["main", selection]]);
  deepEqual((await selected(ONE, { all: true, ...NODES })).jobs, [["main", selection]]);
  deepEqual((await selected(THREE, NODES)).jobs, [["__default__", selection]]);
});
