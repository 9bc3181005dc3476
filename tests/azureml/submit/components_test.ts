import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  componentsOf,
  isAboutComponents,
  knownOf,
  registerComponents,
  type StepComponent,
} from "../../../src/azureml/submit/submit.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { UserError } from "../../../src/core/errors.ts";
import { PORTS, spec, STEP } from "../checks/subject.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

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
  Deno.test(`componentsOf() gives equal components ${isPinned ? "the same key" : "no key"} in ${environment}`, () => {
    const workspace = workspaceOf(() => new Response());
    const [train, test] = componentsOf(workspace, two, pinned(environment));
    const [again] = componentsOf(workspace, two, pinned(environment));
    equal(train!.key !== undefined, isPinned);
    deepEqual([train!.key === again!.key, isPinned && train!.key === test!.key], [true, false]);
  });
}

Deno.test("componentsOf() gives a component the same key whatever the order of its inputs and outputs", () => {
  const workspace = workspaceOf(() => new Response());
  const { inputs, outputs } = PORTS;
  const [one, other] = [PORTS, { inputs: inputs.toReversed(), outputs: outputs.toReversed() }].map((ports) =>
    componentsOf(workspace, spec({ steps: [{ ...STEP, ...ports }] }), pinned("azureml:env:3"))[0]!.key
  );
  equal(one, other);
});

Deno.test("registerComponents() sends only unknown components, and returns the ids that Azure ML gives", async () => {
  const sent: string[] = [];
  const workspace = workspaceOf((request) => {
    sent.push(new URL(request.url).pathname.split("/workspaces/")[1]!);
    return Response.json({ id: `/x/${ANONYMOUS}/9`, name: "1", properties: {} }, { status: 201 });
  });
  const [train, test] = componentsOf(workspace, two, pinned("azureml:env:3")) as [
    StepComponent,
    StepComponent,
  ];
  const { ids, done, queued } = await register(workspace, [train, test], new Map([[train.key!, "7"]]));
  deepEqual(Object.fromEntries(ids), { train: `${workspace.id}/${ANONYMOUS}/7`, test: `/x/${ANONYMOUS}/9` });
  deepEqual(done.toSorted(), [false, true]);
  deepEqual([sent.length, queued], [1, 1]);
  ok(sent[0]!.endsWith(test.path), sent[0]);
});

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

Deno.test("registerComponents() names the grouped step whose component Azure ML refuses", async () => {
  const workspace = workspaceOf(() =>
    Response.json({ error: { code: "X", message: "No." } }, { status: 400 })
  );
  const steps = [{ ...STEP, nodes: [] }];
  const components = componentsOf(workspace, spec({ steps }), pinned("azureml:env:3"));
  await rejects(register(workspace, components), { message: /component of step "train"/ });
});

Deno.test("knownOf() returns the versions of anonymous components that have a key", () => {
  const workspace = workspaceOf(() => new Response());
  const [train, test] = componentsOf(workspace, two, pinned("azureml:env:3"));
  const [moving] = componentsOf(workspace, spec(), pinned("azureml:AzureML-x@latest"));
  const ids = new Map([["train", `${workspace.id}/${ANONYMOUS}/7`], [
    "test",
    "/components/named/versions/1",
  ]]);
  deepEqual([...knownOf([train!, test!], ids)], [[train!.key, "7"]]);
  deepEqual([...knownOf([moving!], ids)], []);
});

for (
  const [thrown, expected] of [
    [new UserError("No component", { code: "azure.rejected", data: { status: 400 } }), true],
    [
      new UserError("Not found", {
        code: "azure.not_found",
        data: { status: 404 },
        details: ["Component x"],
      }),
      true,
    ],
    [new UserError("No data", { code: "azure.rejected", data: { status: 400 } }), false],
    [new UserError("No component", { code: "azure.forbidden", data: { status: 403 } }), false],
    [new UserError("No component", { code: "azure.rejected" }), false],
    [new Error("No component"), false],
  ] as const
) {
  const { name, message, data } = thrown as Partial<UserError>;
  const status = data?.status === undefined ? "without a status" : `with status ${data.status}`;
  Deno.test(`isAboutComponents() returns ${expected} for ${name} "${message}" ${status}`, () =>
    equal(isAboutComponents(thrown), expected));
}
