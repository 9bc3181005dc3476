import { deepEqual, rejects } from "node:assert/strict";
import { accessFindings, checkOnline } from "../../../src/azureml/checks/online.ts";
import type { Lookups } from "../../../src/azureml/resources/pin.ts";
import { openWorkspace } from "../../../src/azureml/client/open_workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { UserError } from "../../../src/core/errors.ts";
import { createEmulator, type EmulatorOptions } from "../../fakes/emulator.ts";
import { fakeContext } from "../../fakes/context.ts";
import { WORKSPACE } from "../../fakes/seed.ts";
import type { JobSpec } from "../../../src/azureml/job/job_spec.ts";
import { spec, STEP } from "./subject.ts";

const refused = (code: string) => () => Promise.reject(new UserError(`No: ${code}`, { code }));

/** Checks a job with an environment; returns the findings, with what they point at, and what was looked up. */
async function check(environment: string, change: Partial<Lookups> = {}, job: Partial<JobSpec> = {}) {
  const asked: string[] = [];
  const lookups: Lookups = {
    workspace: () => Promise.resolve(),
    compute: () => Promise.resolve({ name: "cpu", kind: "AmlCompute", errors: [], notices: [] } as never),
    environment(asking) {
      asked.push(asking);
      const shown = asking.replace("@latest", ":7");
      return Promise.resolve({ asked: asking, reference: shown, shown });
    },
    data: () => Promise.resolve("id"),
    ...change,
  };
  const place = (path: readonly (string | number)[]) => ({ file: path.join(".") });
  const conf = { placeOfDataset: (dataset: string) => ({ file: `catalog of ${dataset}` }) };
  const config = { compute: {}, jobs: { ofJob: { compute: "cpu" } } };
  const { findings } = await checkOnline(
    spec({ environment, ...job }),
    lookups,
    { place, conf, config } as never,
  );
  return {
    asked,
    found: findings.map(({ severity, code, place, jobs }) => `${severity} ${code} ${place?.file} ${jobs}`),
    messages: findings.map(({ message }) => message),
  };
}

for (
  const [environment, isLookedUp, found] of [
    ["env:1", true, []],
    ["env@latest", true, ["note environment.pinned execution.environment main"]],
    ["env", false, []],
    ["env@prod", false, []],
    ["ghcr.io/me/x:1", false, []],
    ["azureml://registries/r/environments/e/versions/1", false, []],
    ["my env", false, []],
  ] as const
) {
  Deno.test(`validate --online ${isLookedUp ? "looks up" : "does not look up"} environment ${environment}`, async () =>
    deepEqual(await check(environment), {
      asked: isLookedUp ? [environment] : [],
      found,
      messages: found.map(() => '"env@latest" currently resolves to env:7'),
    }));
}

Deno.test("validate --online names the key of what is missing in Azure", async () => {
  const { found, messages } = await check("env:1", {
    compute: refused("compute.not_found"),
    environment: refused("environment.not_found"),
  });
  deepEqual(messages.toSorted(), ["No: compute.not_found", "No: environment.not_found"]);
  deepEqual(found.toSorted(), [
    "error compute.not_found compute main",
    "error environment.not_found execution.environment main",
  ]);
  const ofJob = await check("env:1", { compute: refused("compute.not_found") }, { key: "ofJob" });
  deepEqual(ofJob.found, ["error compute.not_found jobs.ofJob.compute main"]);
  deepEqual((await check("env:1", { compute: refused("azure.forbidden") })).found, [
    "error azure.forbidden undefined main",
  ]);
});

Deno.test("validate --online looks up data assets of steps", async () => {
  const from = { kind: "asset", path: "azureml:rides@latest", type: "uri_folder" } as const;
  const steps = [{ ...STEP, inputs: [{ name: "x", dataset: "x", type: "uri_folder", from }] }];
  const asked: unknown[] = [];
  const data: Lookups["data"] = (asset) => {
    asked.push(asset);
    return refused("data.not_found")();
  };
  const { found } = await check("env:1", { data }, { steps });
  deepEqual(asked, [{ path: "azureml:rides@latest", type: "uri_folder" }]);
  deepEqual(found, ["error data.not_found catalog of x main"]);
});

for (const code of ["network.unreachable", "auth.expired"]) {
  Deno.test(`validate --online stops at ${code}`, async () =>
    await rejects(check("env:1", { compute: refused(code) }), { code }));
}

const ML = "Microsoft.MachineLearningServices/workspaces";

/** The findings about access to a workspace in which some actions are denied. */
async function access(...deniedActions: readonly string[]) {
  return await accessIn({ deniedActions });
}

async function accessIn(options: EmulatorOptions) {
  const azure = createEmulator({ seed: { workspaces: [WORKSPACE] }, ...options });
  const workspace = openWorkspace(
    {
      ...fakeContext({ fetch: (request) => azure.fetch(request) }),
      cloud: CLOUDS.AzureCloud!,
      config: WORKSPACE,
      tokens: { getToken: async (scope) => ({ token: azure.issueToken(scope.replace("/.default", "")) }) },
    } as Parameters<typeof openWorkspace>[0],
  );
  return (await accessFindings(workspace, "me")).map((
    { severity, code, message, details, hint },
  ) => [
    severity,
    code,
    message,
    details?.length,
    hint?.includes("az role assignment create --assignee me "),
  ]);
}

Deno.test("validate --online reports missing rights to submit", async () => {
  deepEqual(await access(), []);
  deepEqual(await access(`${ML}/data/versions/write`), []);
  deepEqual(await access(`${ML}/jobs/write`), [
    ["error", "access.missing", 'This identity cannot submit jobs in workspace "ws"', 1, true],
  ]);
  deepEqual(await access("Microsoft.Authorization/*"), [
    [
      "note",
      "access.unknown",
      'Could not determine whether this identity can submit jobs in workspace "ws"',
      1,
      undefined,
    ],
  ]);
});

Deno.test("validate --online shows Azure's error if it cannot read the workspace", async () => {
  const [[severity, code]] = await access(`${ML}/read`) as [unknown[]];
  deepEqual([severity, code], ["error", "azure.forbidden"]);
});

Deno.test("validate --online reports a lost network once", async () => {
  const happens = { kind: "cut", afterServer: false } as const;
  const found = await accessIn({ faults: [{ url: /\/permissions\?/, times: 99, happens }] });
  deepEqual(found.map(([severity, code]) => [severity, code]), [["error", "network.cut"]]);
});
