import { cancelPrevious, ciTags, jobTags, readCi } from "../../../src/app/submit/ci_run.ts";
import { workspaceOf } from "../../azureml/runs/odd_answers.ts";
import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { SIGNED_IN } from "../../fakes/seed.ts";
import { makeWorld, type World } from "../world.ts";
import { assertTranscript } from "../transcript.ts";

const GITHUB = {
  GITHUB_ACTIONS: "true",
  CI: "true",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "acme/bikes",
  GITHUB_RUN_ID: "1234",
  GITHUB_RUN_ATTEMPT: "2",
  GITHUB_ACTOR: "ada",
  GITHUB_REF: "refs/heads/main",
  GITHUB_REF_NAME: "main",
  GITHUB_OUTPUT: "/runner/output",
  GITHUB_STEP_SUMMARY: "/runner/summary.md",
};
const AZURE = {
  TF_BUILD: "True",
  SYSTEM_COLLECTIONURI: "https://dev.azure.com/acme/",
  SYSTEM_TEAMPROJECT: "Bike shop",
  BUILD_BUILDID: "77",
  BUILD_REQUESTEDFOR: "Ada",
  BUILD_SOURCEBRANCH: "refs/pull/7/merge",
  SYSTEM_PULLREQUEST_SOURCEBRANCH: "refs/heads/feature/x",
  BUILD_REPOSITORY_NAME: "bikes",
  AGENT_TEMPDIRECTORY: "/agent/tmp",
};
const GITLAB = {
  GITLAB_CI: "true",
  CI: "true",
  CI_PIPELINE_ID: "5",
  CI_JOB_ID: "50",
  CI_JOB_URL: "https://gitlab.com/acme/bikes/-/jobs/50",
  GITLAB_USER_LOGIN: "ada",
  CI_COMMIT_REF_NAME: "main",
  CI_PROJECT_PATH: "acme/bikes",
};

Deno.test("job tags name the CI system, its run, URL, actor and branch", () => {
  const job = { job: "main", env: "local" };
  deepStrictEqual(ciTags(readCi(GITHUB)!, job), {
    "ci": "github",
    "ci.run": "1234-2",
    "ci.url": "https://github.com/acme/bikes/actions/runs/1234/attempts/2",
    "ci.actor": "ada",
    "ci.branch": "main",
    "ci.ref": "refs/heads/main",
    "ci.repository": "acme/bikes",
    "ci.job": "main",
    "ci.env": "local",
  });
  deepStrictEqual(ciTags(readCi(AZURE)!, job), {
    "ci": "azure-pipelines",
    "ci.run": "77-1",
    "ci.url": "https://dev.azure.com/acme/Bike%20shop/_build/results?buildId=77",
    "ci.actor": "Ada",
    "ci.branch": "feature/x",
    "ci.ref": "refs/pull/7/merge",
    "ci.repository": "bikes",
    "ci.job": "main",
    "ci.env": "local",
  });
  deepStrictEqual(ciTags(readCi({ ...GITLAB, CI_PIPELINE_URL: "https://gitlab.com/pipeline" })!, job), {
    "ci": "gitlab",
    "ci.run": "5-50",
    "ci.url": "https://gitlab.com/acme/bikes/-/jobs/50",
    "ci.actor": "ada",
    "ci.branch": "main",
    "ci.ref": "refs/heads/main",
    "ci.repository": "acme/bikes",
    "ci.job": "main",
    "ci.env": "local",
  });
  const request = readCi({
    ...GITLAB,
    CI_MERGE_REQUEST_IID: "7",
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: "fix",
  })!;
  deepStrictEqual([request.branch, request.ref], ["fix", "refs/merge-requests/7"]);
  equal(readCi({ JENKINS_URL: "x", CHANGE_AUTHOR: "ada", BUILD_USER_ID: "bea" })!.actor, "ada");
  equal(readCi({ JENKINS_URL: "x", BUILD_USER_ID: "bea" })!.actor, "bea");
  const jenkins = readCi({ JENKINS_URL: "x", BUILD_NUMBER: "7", BRANCH_NAME: "main" })!;
  deepStrictEqual([jenkins.run, jenkins.ref], ["7-1", "refs/heads/main"]);
  const bare = readCi({ JENKINS_URL: "x" })!;
  deepStrictEqual([bare.run, bare.ref], [undefined, undefined]);
  const tagOf = (branch: string) => ciTags(readCi({ CI: "1", BRANCH_NAME: branch })!, job)["ci.branch"];
  deepStrictEqual([tagOf("a\nb\n"), tagOf("é".repeat(1001))], ["a b", "é".repeat(1000)]);
  for (const name of ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"] as const) {
    equal(readCi({ ...GITHUB, [name]: "" })!.url, undefined, name);
  }
  equal(readCi({}), undefined);
  equal(readCi({ CI: "false" }), undefined);
});

Deno.test("job tags name Git's branch if the CI system names none", () => {
  const properties = {
    "mlflow.source.git.branch": "trunk",
    "mlflow.source.git.repoURL": "https://git.example.com/bikes",
  };
  const tags = (env: Record<string, string>, cancelPrevious?: boolean) =>
    jobTags({ env }, { properties, env: "prod" }, { cancelPrevious })("main");
  const ofCheckout = {
    "ci.branch": "trunk",
    "ci.ref": "refs/heads/trunk",
    "ci.repository": "https://git.example.com/bikes",
    "ci.job": "main",
    "ci.env": "prod",
  };
  deepStrictEqual(tags({}), {});
  deepStrictEqual(tags({}, true), ofCheckout);
  deepStrictEqual(tags({ CI: "true", BRANCH_NAME: "", JOB_NAME: "" }), { ci: "ci", ...ofCheckout });
  const { "ci.branch": branch, "ci.ref": ref, "ci.repository": repository } = tags(AZURE);
  deepStrictEqual([branch, ref, repository], ["feature/x", "refs/pull/7/merge", "bikes"]);
});

const CHANGED_CI: readonly (readonly [
  what: string,
  env: Record<string, string>,
  change: Record<string, string>,
  expected: object,
])[] = [
  ["a GitHub pull request without an attempt number", GITHUB, {
    GITHUB_RUN_ATTEMPT: "",
    GITHUB_TRIGGERING_ACTOR: "eve",
    GITHUB_HEAD_REF: "fix",
  }, {
    run: "1234-1",
    url: "https://github.com/acme/bikes/actions/runs/1234/attempts/1",
    actor: "eve",
    branch: "fix",
  }],
  ["a third attempt in Azure Pipelines", AZURE, {
    SYSTEM_JOBATTEMPT: "3",
    SYSTEM_PULLREQUEST_SOURCEBRANCH: "",
  }, {
    run: "77-3",
    url: "https://dev.azure.com/acme/Bike%20shop/_build/results?buildId=77",
    actor: "Ada",
    branch: "refs/pull/7/merge",
  }],
  ["a GitLab tag", GITLAB, { CI_COMMIT_TAG: "v1", CI_COMMIT_REF_NAME: "v1" }, {
    ref: "refs/tags/v1",
    branch: "v1",
  }],
  ["an unknown CI system", { CI: "true" }, {}, {
    system: "ci",
    run: undefined,
    ref: undefined,
    actor: undefined,
  }],
];

for (const [what, env, change, expected] of CHANGED_CI) {
  Deno.test(`job tags describe ${what}`, () => {
    const found = readCi({ ...env, ...change }) as unknown as Record<string, unknown>;
    deepStrictEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]])), expected);
  });
}

function world(env: Record<string, string>, options: Parameters<typeof makeWorld>[0] = {}): World {
  const made = makeWorld({ ...options, env: { ...SIGNED_IN, ...env } });
  made.ctx.files.set("/runner/made-by-ci", new Uint8Array());
  return made;
}

/** Parses outputs as GitHub Actions does: the last value of a name counts. */
function githubOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (let rest = text; rest !== "";) {
    const [all, name, end] = /^([\w-]+)<<(\S+)\n/.exec(rest)!;
    const at = rest.indexOf(`\n${end}\n`, all.length - 1);
    outputs[name!] = rest.slice(all.length, at);
    rest = rest.slice(at + end!.length + 2);
  }
  return outputs;
}

Deno.test("submit under GitHub Actions writes outputs and a summary", async (t) => {
  const emulator = { outcome: { failingSteps: { count: "ValueError: <b>no</b> column | rows" } } };
  const { ctx, azure, kedroAzureml } = world(GITHUB, { emulator });
  equal(await kedroAzureml("submit -j main --wait-for-completion"), 1);
  const [job] = azure.resources("jobs");
  const outputs = githubOutputs(await ctx.fs.readText(GITHUB.GITHUB_OUTPUT));
  deepStrictEqual([outputs["job-name"], outputs.status], [job!.name, "Failed"]);
  match(outputs["studio-url"]!, /^https:\/\/ml\.azure\.com\/runs\//);
  equal(JSON.parse(outputs.jobs!)[0].name, job!.name);
  equal((job!.properties.tags as Record<string, string>)["ci.run"], "1234-2");
  const summary = await ctx.fs.readText(GITHUB.GITHUB_STEP_SUMMARY);
  await assertTranscript(
    t,
    summary.replaceAll(new RegExp(job!.name.replaceAll("_", "\\\\?_"), "g"), "JOB"),
    import.meta.url,
  );
});

Deno.test("job follow under GitHub Actions writes outputs and a summary", async () => {
  const { ctx, kedroAzureml } = world(GITHUB);
  equal(await kedroAzureml("submit main --name fox"), 0, ctx.stderr());
  for (const path of [GITHUB.GITHUB_OUTPUT, GITHUB.GITHUB_STEP_SUMMARY]) await ctx.fs.remove(path);
  equal(await run(["job", "follow", "fox"], { ...ctx, home: "/home/other" }), 0, ctx.stderr());
  const text = await ctx.fs.readText(GITHUB.GITHUB_OUTPUT);
  const jobs = [...text.matchAll(/^\[.*\]$/gm)].map(([line]) => JSON.parse(line)[0]);
  deepStrictEqual(jobs.map(({ job, name, status }) => [job, name, status]), [
    ["fox", "fox", "Unknown"],
    ["fox", "fox", "Completed"],
  ]);
  match(await ctx.fs.readText(GITHUB.GITHUB_STEP_SUMMARY), /Completed/);
  await ctx.fs.remove(GITHUB.GITHUB_STEP_SUMMARY);
  equal(await kedroAzureml("rerun fox --name owl"), 0, ctx.stderr());
  match(await ctx.fs.readText(GITHUB.GITHUB_STEP_SUMMARY), /owl/);
});

Deno.test("submit under GitHub Actions exits 0 if its outputs cannot be written", async () => {
  const { ctx, azure } = world(GITHUB);
  const append = (path: string) =>
    Promise.reject(
      path === GITHUB.GITHUB_OUTPUT
        ? new Error("No space left on device (os error 28)")
        : new Deno.errors.NotCapable('Requires all access to "/proc/x", specify the required permissions'),
    );
  equal(await run(["submit", "main", "--wait", "--json"], { ...ctx, fs: { ...ctx.fs, append } }), 0);
  equal(azure.resources("jobs").length, 1);
  const warnings = ctx.stderr().split("\n").filter((line) => line.includes("ci.not_told"));
  deepStrictEqual(
    warnings.map((line) => JSON.parse(line).warning.message),
    [
      'Cannot write the outputs of the CI run to "/runner/output": the disk is full',
      'Cannot write the summary of the CI run to "/runner/summary.md": it is a device, or in a folder of the system',
    ],
  );
});

Deno.test("submit under Azure Pipelines sets variables and uploads a summary", async () => {
  const emulator = { outcome: { failingSteps: { count: "ValueError: no" } } };
  const { ctx, azure, kedroAzureml } = world(AZURE, { emulator });
  equal(await kedroAzureml("submit -j main --wait-for-completion"), 1);
  const { name } = azure.resources("jobs")[0]!;
  const err = ctx.stderr();
  ok(err.includes(`##vso[task.setvariable variable=jobName;isOutput=true;]${name}\n`));
  ok(err.includes("##vso[task.setvariable variable=status;isOutput=true;]Failed\n"));
  ok(err.includes(`##vso[task.logissue type=error;]Job main (${name}): Failed\n`));
  const path = /##vso\[task\.uploadsummary\](\/agent\/tmp\/.+\.md)\n/.exec(err)![1]!;
  match(await ctx.fs.readText(path), /\| ✗ count \| Failed \|/);
});

Deno.test("submit --cancel-previous cancels only earlier runs of the same branch and job", async () => {
  const emulator = { pace: { prepareMs: 1000, stepMs: 3_600_000 } };
  const first = world({ ...GITHUB, GITHUB_RUN_ID: "1000" }, { emulator });
  const submit = async (env: Record<string, string>, line: string) => {
    const before = new Set(first.azure.resources("jobs").map(({ name }) => name));
    const next = world({ ...GITHUB, ...env }, { fetch: first.azure.fetch });
    // Every world has the same random names, so skip those already used.
    for (let skip = 0; skip < 100 * before.size; skip++) next.ctx.random.number();
    equal(await next.kedroAzureml(line), 0, next.ctx.stderr());
    return first.azure.resources("jobs").find(({ name }) => !before.has(name))!.name;
  };
  const status = (name: string) => first.azure.jobStatus(name);
  const old = await submit({ GITHUB_RUN_ID: "1000" }, "submit -j main");
  const otherJob = await submit({ GITHUB_RUN_ID: "1000" }, "submit -j one");
  const otherBranch = await submit(
    { GITHUB_RUN_ID: "1000", GITHUB_REF: "refs/pull/7/merge" },
    "submit -j main",
  );
  const later = await submit({ GITHUB_RUN_ID: "3000" }, "submit -j main");
  const now = await submit({ GITHUB_RUN_ID: "2000" }, "submit -j main --cancel-previous");
  match(status(old)!, /^Cancel/);
  for (const name of [otherJob, otherBranch, later, now]) ok(!/^Cancel/.test(status(name)!), name);
});

const PREVIOUS = {
  experimentName: "e",
  status: "Running",
  tags: { "ci.ref": "main", "ci.repository": "o/r", "ci.job": "main", "ci.env": "prod", "ci.run": "1000-1" },
};

for (
  const [shown, changed] of [
    ["https://ci.example.com/7", { "ci.url": "https://ci.example.com/7" }],
    ["1000-1", {}],
    ["an earlier run", { "ci.run": undefined }],
  ] as const
) {
  Deno.test(`submit --cancel-previous names the CI run of the canceled job: ${shown}`, async () => {
    const listed: (string | null)[] = [];
    const workspace = workspaceOf(({ method, url }) => {
      if (method !== "GET") return new Response(null, { status: 202 });
      listed.push(new URL(url).searchParams.get("tag"));
      const tags = { ...PREVIOUS.tags, ...changed };
      return Response.json({
        value: [{ name: "old", properties: { jobType: "Pipeline", ...PREVIOUS, tags } }],
      });
    });
    const events: unknown[] = [];
    const tags = { ...PREVIOUS.tags, "ci.run": "2000-1" };
    await cancelPrevious(
      workspace,
      { job: "main", tags, experiment: "e" },
      (event) => void events.push(event),
    );
    deepStrictEqual(events, [{ type: "canceled_previous", name: "old", run: shown }]);
    deepStrictEqual(listed, ["ci.job"]);
  });
}

for (
  const [what, properties] of [
    ["of another repository", { tags: { ...PREVIOUS.tags, "ci.repository": "o/other" } }],
    ["of another Kedro environment", { tags: { ...PREVIOUS.tags, "ci.env": "staging" } }],
    ["of another experiment", { experimentName: "other" }],
    ["with a requested cancellation", { status: "CancelRequested" }],
    ["that has ended", { status: "Completed" }],
  ] as const
) {
  Deno.test(`submit --cancel-previous does not cancel a run ${what}`, async () => {
    const canceled: string[] = [];
    const run = (name: string, changed = {}) => ({
      name,
      properties: { jobType: "Pipeline", ...PREVIOUS, ...changed },
    });
    const workspace = workspaceOf(({ method, url }) => {
      if (method === "GET") return Response.json({ value: [run("another", properties), run("previous")] });
      canceled.push(/jobs\/(\w+)\/cancel/.exec(url)![1]!);
      return new Response(null, { status: 202 });
    });
    const tags = { ...PREVIOUS.tags, "ci.run": "2000-1" };
    await cancelPrevious(workspace, { job: "main", tags, experiment: "e" }, () => {});
    deepStrictEqual(canceled, ["previous"]);
  });
}

Deno.test("submit --cancel-previous fails without a branch", async () => {
  const { ctx, azure, kedroAzureml } = world({});
  equal(await kedroAzureml("submit -j main --cancel-previous"), 2);
  match(ctx.stderr(), /Cannot cancel earlier runs: no branch was found/);
  equal(azure.resources("jobs").length, 0);
});
