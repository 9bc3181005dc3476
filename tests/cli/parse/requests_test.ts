import { deepEqual, rejects, throws } from "node:assert/strict";
import { checkRequest, type CheckTyped, readingRequest } from "../../../src/cli/parse/requests.ts";
import { followRequest, runsRequest, sendRequest } from "../../../src/cli/parse/run_requests.ts";
import { stepsRequest } from "../../../src/cli/parse/steps_request.ts";
import { fakeContext } from "../../fakes/context.ts";

const project = { env: "prod", directory: "/shop" };

Deno.test("readingRequest() passes on every option, and the time limit in milliseconds", () => {
  const options = { snapshot: "s.json", allowEnvNames: ["A"], cache: false };
  deepEqual(readingRequest({ project, params: { a: 1 }, readTimeout: 120, ...options }), {
    ...project,
    ...options,
    params: { a: 1 },
    timeoutMs: 120_000,
  });
});

Deno.test("checkRequest() passes on every option, and jobs as arguments and with -j", async () => {
  const typed: CheckTyped = {
    ...{ project, args: { jobs: ["a"] }, job: ["b"], workspace: "w", amlEnv: "e:1" },
    ...{ envVar: { A: "1" }, loadVersions: { d: "2" }, groupBy: { kind: "none" }, displayName: { a: "A" } },
    ...{ tags: ["t"], strict: true, allow: ["x.y"], allowKedro0: true },
  };
  const { reading: _, ...request } = await checkRequest({ ...fakeContext(), report() {} }, typed);
  deepEqual(request, {
    jobs: { names: ["a", "b"], selection: { tags: ["t"] }, all: undefined },
    overrides: {
      environment: "e:1",
      environmentVariables: { A: "1" },
      loadVersions: { d: "2" },
      groupBy: { kind: "none" },
      displayNames: { a: "A" },
    },
    workspace: "w",
    strictness: { strict: true, allow: ["x.y"], allowKedro0: true },
  });
});

Deno.test("checkRequest() rejects values that are not YAML, and --all with the name of a job", async () => {
  throws(() => readingRequest({ project, params: [["a", "{"]] }), {
    code: "usage.invalid_argument",
    exit: 2,
    message: "Invalid value for `--params`: a value is not valid YAML",
    hint: 'Quote it, such as name="value"',
  });
  const typed: CheckTyped = { project, args: { jobs: [] }, job: ["b"], all: true };
  await rejects(checkRequest({ ...fakeContext(), report() {} }, typed), {
    code: "usage.all_and_job",
    exit: 2,
    message: "`--all` cannot be combined with the name of a job",
    hint: "Omit one of them",
  });
});

Deno.test("sendRequest() passes on every option, and the time limit in milliseconds", () => {
  const sending = { name: "fox", concurrent: true, cancelOnInterrupt: true, cancelPrevious: true };
  const follow = { waitForCompletion: true, timeout: 90, logs: true };
  deepEqual(sendRequest({ ...sending, ...follow, dryRun: true, outputFile: "jobs.json", force: true }), {
    sending: { ...sending, follow: { timeoutMs: 90_000, logs: true } },
    dryRun: true,
    jobsFile: { file: "jobs.json", force: true },
  });
});

Deno.test("followRequest() follows only with --wait, which its other options need", () => {
  deepEqual(followRequest({}), undefined);
  deepEqual(followRequest({ waitForCompletion: true }), { logs: false, timeoutMs: undefined });
  for (const typed of [{ timeout: 1 }, { logs: true }]) {
    throws(() => followRequest(typed), { code: "usage.needs_wait" });
  }
});

Deno.test("runsRequest() takes runs by name or from a file, but not both", () => {
  const named = { project, args: { names: ["fox"] }, workspace: "w" };
  deepEqual(runsRequest(named), { project, names: ["fox"], from: undefined, workspace: "w" });
  const from = { project, args: { names: [] }, from: "jobs.json" };
  deepEqual(runsRequest(from), { project, names: [], from: "jobs.json", workspace: undefined });
  throws(() => runsRequest({ ...named, from: "jobs.json" }), { code: "usage.from_and_name" });
});

Deno.test("stepsRequest() passes on every option, and finds Python in the folder of --venv or by the path of --python", () => {
  const ctx = { cwd: "/shop" };
  const steps = { requirements: "r.txt", data: { rides: "rides.csv" }, keep: "kept" };
  deepEqual(stepsRequest(ctx, { ...steps, jobs: 2 }), { ...steps, parallelSteps: 2, python: undefined });
  const pythonOf = (typed: Parameters<typeof stepsRequest>[1]) => stepsRequest(ctx, typed).python;
  deepEqual([
    pythonOf({ venv: ".venv" }),
    pythonOf({ python: "env/python" }),
    pythonOf({ python: "python3" }),
  ], [
    "/shop/.venv/bin/python",
    "/shop/env/python",
    "python3",
  ]);
  throws(() => stepsRequest(ctx, { python: "python3", venv: ".venv" }), {
    code: "rehearse.python",
    exit: 2,
    message: "`--python` and `--venv` cannot be combined",
    hint: "Omit one of them",
  });
});
