import { deepEqual, equal, rejects } from "node:assert/strict";
import { componentsOf, registerComponents } from "../../../src/azureml/submit/components.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { spec, STEP } from "../checks/subject.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

type StepComponent = ReturnType<typeof componentsOf>[number];

const ANONYMOUS = "components/azureml_anonymous/versions";
const pinned = (environment: string) => ({
  environment,
  code: undefined,
  computeId: (name: string) => name,
  dataId: (path: string) => path,
});
const two = spec({ steps: [STEP, { ...STEP, key: "test", node: "test", name: "test", command: "other" }] });

/** Registers components; returns their ids, and what was sent. */
async function register(
  workspace: Workspace,
  components: readonly StepComponent[],
  known: ReadonlyMap<string, string> = new Map(),
) {
  const done: boolean[] = [];
  let queued = 0;
  const ids = await registerComponents(workspace, components, {
    limit: (send) => (queued++, send()),
    known,
    onDone: (wasThere) => done.push(wasThere),
  });
  return { ids, done, queued };
}

for (
  const [environment, isPinned] of [
    ["azureml:env:3", true],
    ["azureml:/subscriptions/s/environments/env/versions/3", true],
    ["azureml://registries/r/environments/e/versions/1", true],
    ["azureml:AzureML-sklearn@latest", false],
    ["azureml://registries/r/environments/e/labels/latest", false],
  ] as const
) {
  Deno.test(`componentsOf() ${isPinned ? "reuses" : "does not reuse"} components of ${environment}`, () => {
    const workspace = workspaceOf(() => new Response());
    const [train, test] = componentsOf(workspace, two, pinned(environment));
    const [again] = componentsOf(workspace, two, pinned(environment));
    equal(train!.key !== undefined, isPinned);
    deepEqual([train!.key === again!.key, isPinned && train!.key === test!.key], [true, false]);
  });
}

for (
  const [what, failures, sleeps] of [
    ["does not wait without a conflict", 0, []],
    ["waits a second after one conflict", 1, [1000]],
    ["waits longer after each of three conflicts", 3, [1000, 2000, 3000]],
    ["gives up after four conflicts", 4, undefined],
  ] as const
) {
  Deno.test(`registerComponents() ${what}`, async () => {
    let count = 0;
    const waits: unknown[] = [];
    const workspace = workspaceOf(() =>
      count++ < failures
        ? Response.json({ error: { code: "Conflict", message: "Busy." } }, { status: 409 })
        : Response.json({ id: `/x/${ANONYMOUS}/9`, name: "1", properties: {} }, { status: 201 })
    );
    const patient = {
      ...workspace,
      clock: { ...workspace.clock, sleep: async (...given: unknown[]) => void waits.push(given) },
    };
    const components = componentsOf(workspace, spec(), pinned("azureml:env:3"));
    if (sleeps === undefined) {
      await rejects(register(patient, components), { message: /component of node "train"/ });
    } else {
      await register(patient, components);
      deepEqual(waits, sleeps.map((ms) => [ms, workspace.signal]));
    }
  });
}

Deno.test("registerComponents() names the step of a refused component", async () => {
  const workspace = workspaceOf(() =>
    Response.json({ error: { code: "X", message: "No." } }, { status: 400 })
  );
  const steps = [{ ...STEP, nodes: [] }];
  const components = componentsOf(workspace, spec({ steps }), pinned("azureml:env:3"));
  await rejects(register(workspace, components), { message: /component of step "train"/ });
});
