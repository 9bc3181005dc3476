import { deepEqual, equal, match } from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { createEmulatorPage } from "../../../src/app/emulator/page.ts";
import { fakeContext } from "../../fakes/context.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { listedJobs } from "../../../src/app/ui/pages.ts";
import type { JobRow, JobsView, PageData, RunState, RunView } from "../../../src/page/view.ts";
import { newPageKey, pageCookie } from "../../../src/core/net/cloud_hosts.ts";
import { createClient, ID, job, register } from "../../emulator/two_steps.ts";

const STUDIO = "https://ml.azure.com";
const RUN = `${STUDIO}/runs/first?wsid=${ID}`;

/** Creates an emulator with a page and a job `first` of two steps, on a clock that a test advances. */
async function createPaged(options: EmulatorOptions = {}, unreadable?: string) {
  let now = Date.parse("2026-02-03T04:05:06Z");
  const clock = { now: () => new Date(now), sleep: async () => {} };
  const client = createClient({ clock, ...options });
  const goingOn = new Map<string, number>();
  const page = createEmulatorPage({
    ...fakeContext(),
    clock,
    goingOn,
    emulator: {
      ...client.emulator,
      fetch: (request) =>
        unreadable !== undefined && request.url.includes(unreadable)
          ? Promise.reject(new TypeError("not a function"))
          : client.emulator.fetch(request),
    },
    cloud: CLOUDS.AzureCloud!,
  });
  await register(client);
  await client.ask("PUT", `${ID}/jobs/first`, { body: job() });
  const cookie = `kedro_azureml_=${pageCookie(client.emulator.identity.secret, STUDIO)}`;
  const get = async (url: string, headers: Record<string, string> = { cookie }) =>
    (await page(new Request(url, { headers })))!;
  return { ...client, page, get, goingOn, advance: (ms: number) => void (now += ms) };
}

async function dataOf(answer: Response): Promise<PageData> {
  equal(answer.status, 200);
  const [, json] = /id="data">(.*?)<\/script>/s.exec(await answer.text())!;
  return JSON.parse(json!);
}

async function viewOf<View>(answer: Response): Promise<View> {
  return (await dataOf(answer)).view as View;
}

Deno.test("emulator page notes pages that wait for the end of a run", async () => {
  const { get, goingOn, advance } = await createPaged();
  await get(RUN);
  deepEqual([...goingOn], []);
  await get(`${RUN}&part=state`);
  deepEqual([...goingOn], [["/runs/first", Date.parse("2026-02-03T04:05:06Z")]]);
  advance(60_000);
  await get(`${RUN}&part=state`);
  deepEqual([...goingOn], [["/runs/first", 0]]);
});

Deno.test("emulator page lists the newest jobs first", async () => {
  const { get, ask, advance } = await createPaged();
  await ask("PUT", `${ID}/jobs/second`, { body: job() });
  advance(6000);
  const { jobs } = await viewOf<JobsView>(await get(`${STUDIO}/`));
  deepEqual(jobs.map(({ name, status, steps, completed }) => [name, status, steps, completed]), [
    ["second", "Running", 2, 1],
    ["first", "Running", 2, 1],
  ]);
  equal((await viewOf<RunView>(await get(STUDIO + jobs[1]!.href))).name, "first");
  advance(60_000);
  const [ended] = (await viewOf<JobsView>(await get(`${STUDIO}/`))).jobs;
  const { endedAt, ...row } = ended!;
  deepEqual(row, {
    name: "second",
    status: "Completed",
    experiment: "exp",
    href: `/runs/second?wsid=${encodeURIComponent(ID)}`,
    createdAt: Date.parse("2026-02-03T04:05:06Z"),
    steps: 2,
    completed: 2,
    failed: 0,
  });
  equal(endedAt! > row.createdAt, true);
  const asked = async (query: string) =>
    (await (await get(`${STUDIO}/?part=state${query}`)).json()) as JobsView;
  deepEqual((await asked("")).jobs.length, 2);
  const found = await asked("&find=SECOND&status=Completed");
  deepEqual([found.jobs.map(({ name }) => name), found.isMore], [["second"], false]);
  deepEqual((await asked("&status=Failed")).jobs, []);
});

Deno.test("a page of jobs reads older jobs until it has 100", async () => {
  const all = Array.from({ length: 1000 }, (_, at) => ({ name: `job_${at}`, status: "Completed" }) as JobRow);
  let count = 0;
  const read = (wanted: number) => {
    count = Math.max(count, Math.min(wanted, all.length));
    return Promise.resolve(count < all.length);
  };
  const listed = async (find: string, more = 0) => {
    count = 0;
    const query = { find, status: "", isMine: false, more };
    const { jobs, isMore } = await listedJobs(() => all.slice(0, count), query, read);
    return [jobs.length, count, isMore];
  };
  deepEqual(await listed(""), [100, 200, true]);
  deepEqual(await listed("job_999"), [0, 400, true]);
  deepEqual(await listed("job_999", 2), [1, 1000, false]);
});

Deno.test("emulator page opens studio links to jobs and steps", async () => {
  const { get, ask, advance } = await createPaged();
  const before = await viewOf<RunView>(await get(RUN));
  deepEqual(before.steps.map(({ key, status, needs }) => [key, status, needs]), [
    ["a", undefined, []],
    ["b", undefined, ["a"]],
  ]);
  advance(4000);
  const state: RunState = await (await get(`${RUN}&part=state`)).json();
  equal(state.status, "Running");
  equal(state.steps.a!.status, "Running");
  equal(state.steps.b, undefined);
  const { selected } = await viewOf<RunView>(await get(`${STUDIO}/runs/${state.steps.a!.run}?wsid=${ID}`));
  equal(selected, "a");
  const labeled = job();
  Object.assign(labeled.properties.jobs.a, { display_name: "Load it" });
  await ask("PUT", `${ID}/jobs/second`, { body: labeled });
  advance(60_000);
  const { steps: [first] } = await viewOf<RunView>(await get(`${STUDIO}/runs/second?wsid=${ID}`));
  const second = await viewOf<RunView>(await get(`${STUDIO}/runs/${first!.run}?wsid=${ID}`));
  deepEqual([first!.label, second.selected], ["Load it", "a"]);
  const over: RunState = await (await get(`${RUN}&part=state`)).json();
  equal(over.status, "Completed");
  deepEqual([state.startedAt, state.endedAt], [over.startedAt, undefined]);
  equal(over.endedAt! > over.startedAt!, true);
  match(over.steps.b!.places!.out!, /^azureml:\/\/.+\/datastores\/workspaceblobstore\/paths\/.+\/out\/$/);
});

Deno.test("emulator page updates the status and times of steps", async () => {
  const { get, advance } = await createPaged({ outcome: { failingSteps: { a: "bad password=hush" } } });
  advance(60_000);
  const { steps: [a], ...view } = await viewOf<RunView>(await get(RUN));
  const state: RunState = await (await get(`${RUN}&part=state`)).json();
  const submittedAt = Date.parse("2026-02-03T04:05:06Z");
  deepEqual(state, {
    status: "Failed",
    startedAt: submittedAt + 2000,
    endedAt: submittedAt + 5000,
    failure: view.failure,
    steps: {
      a: {
        compute: "cpu",
        status: "Failed",
        run: a!.run,
        queuedAt: submittedAt + 2000,
        startedAt: submittedAt + 2750,
        endedAt: submittedAt + 5000,
        failure: { message: "bad password=***" },
        places: {},
      },
    },
  });
  equal(typeof view.failure?.message, "string");
});

Deno.test("emulator page forbids caching, framing and external resources", async () => {
  const { get, advance } = await createPaged();
  advance(600_000);
  const log = `${RUN}&part=download&step=a&file=${encodeURIComponent("user_logs/std_log.txt")}`;
  const policies = [];
  for (
    const [url, status, type] of [
      [RUN, 200, "text/html; charset=utf-8"],
      [`${STUDIO}/`, 200, "text/html; charset=utf-8"],
      [`${RUN}&part=state`, 200, "application/json"],
      [log, 200, "text/plain; charset=utf-8"],
      [`${log}.gz`, 404, "text/plain;charset=UTF-8"],
      [`${STUDIO}/runs/none`, 404, "text/plain;charset=UTF-8"],
    ] as const
  ) {
    const answer = await get(url);
    const { "content-security-policy": policy, ...headers } = Object.fromEntries(answer.headers);
    deepEqual([answer.status, headers], [status, {
      "cache-control": "no-store",
      ...(url === log && { "content-disposition": "attachment" }),
      ...(type.startsWith("text/html") && { "transfer-encoding": "chunked" }),
      "content-type": type,
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      ...(type.startsWith("text/html") && { "transfer-encoding": "chunked" }),
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    }], url);
    policies.push(policy);
  }
  for (const policy of policies.slice(0, 2)) {
    match(policy!, /^default-src 'none'; .*connect-src 'self'.*frame-ancestors 'none'$/);
  }
});

Deno.test("emulator page accepts the key in its URL once", async () => {
  const { get, emulator: { identity: { secret } } } = await createPaged();
  const [key, otherKey] = [0.1, 0.2].map((drawn) => newPageKey(secret, STUDIO, { number: () => drawn }));
  for (
    const url of [`${STUDIO}/`, RUN, `${RUN}&part=log&step=a`, `${RUN}&part=state`, `${STUDIO}/runs/none`]
  ) {
    equal((await get(url, {})).status, 403, url);
    for (const other of [key, ""]) {
      equal((await get(url, { cookie: `kedro_azureml_=${other}` })).status, 403, url);
    }
    const elsewhere = newPageKey(secret, "http://127.0.0.1:1", { number: () => 0.1 });
    for (const other of [secret, elsewhere, `${key}x`, pageCookie(secret, STUDIO)]) {
      equal((await get(`${url}${url.includes("?") ? "&" : "?"}key=${other}`, {})).status, 403, url);
    }
  }
  const first = await get(`${RUN}&key=${key}`, {});
  equal(first.status, 303);
  const { pathname, search } = new URL(RUN);
  equal(decodeURIComponent(first.headers.get("location")!), pathname + search);
  const cookie = first.headers.get("set-cookie")!;
  match(cookie, /; HttpOnly; SameSite=Lax; Path=\/; Secure$/);
  const browser = { cookie: cookie.split(";")[0]! };
  equal((await get(STUDIO + first.headers.get("location"), browser)).status, 200);
  equal((await get(`${RUN}&key=${key}`, {})).status, 403);
  equal((await get(`${RUN}&key=${key}`, browser)).status, 303, "the browser that has the cookie");
  equal((await get(`${RUN}&key=${otherKey}`, {})).status, 303);
});
