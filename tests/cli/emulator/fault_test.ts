import assert from "node:assert/strict";
import { parseFault } from "../../../src/cli/commands/fault.ts";

const JOB = "https://127.0.0.1:4711/subscriptions/s/workspaces/ws/jobs/j1?api-version=1";

Deno.test("parseFault() reads the method, path, effect and number of times", () => {
  const { method, url, times, happens } = parseFault("PUT jobs/*:429:2");
  assert.deepEqual([method, times, happens], ["PUT", 2, { kind: "throttle", retryAfterSeconds: 1 }]);
  assert.match(JOB, url);
  assert.match(JOB.replace("/jobs/", "/Jobs/"), url);
  assert.match(JOB.split("?")[0]!, url);
  assert.doesNotMatch(JOB.replace("j1", "j1/cancel"), url);
  assert.doesNotMatch(JOB.replace("/jobs/", "/otherjobs/"), url);
  assert.deepEqual(parseFault("PUT /jobs/*:429:2").url, url);
});

Deno.test("parseFault() accepts any method, any path below a prefix, and permanent faults", () => {
  const { method, url, times } = parseFault("* jobs/**:503:always");
  assert.deepEqual([method, times], [undefined, Infinity]);
  assert.match(JOB.replace("j1", "j1/cancel"), url);
});

Deno.test("parseFault() reads every kind of fault", () => {
  const kinds = ["404", "500", "307", "lie", "cut", "cut-after", "page", "5s", "20ms"].map((what) =>
    parseFault(`GET x:${what}`).happens
  );
  assert.deepEqual(kinds, [
    { kind: "status", status: 404 },
    { kind: "status", status: 500 },
    { kind: "redirect", status: 307, origin: "https://elsewhere.example" },
    { kind: "lie", origin: "https://elsewhere.example" },
    { kind: "cut", afterServer: false },
    { kind: "cut", afterServer: true },
    { kind: "page" },
    { kind: "delay", delayMs: 5000 },
    { kind: "delay", delayMs: 20 },
  ]);
});

Deno.test("parseFault() reads every status of a redirect", () => {
  const statuses = [301, 302, 303, 307, 308];
  const happens = statuses.map((status) => parseFault(`GET x:${status}`).happens);
  const origin = "https://elsewhere.example";
  assert.deepEqual(happens, statuses.map((status) => ({ kind: "redirect", status, origin })));
  for (const status of [300, 304, 306]) assert.throws(() => parseFault(`GET x:${status}`), { exit: 2 });
});

Deno.test("parseFault() rejects invalid faults and shows the syntax", () => {
  for (const typed of ["", "jobs:429", "PUT jobs", "PUT jobs:200", "PUT jobs:429:x", "put jobs:429"]) {
    assert.throws(() => parseFault(typed), {
      code: "emulator.fault",
      exit: 2,
      message: `Invalid fault "${typed}"`,
      hint:
        "Write METHOD PATH:WHAT[:TIMES], such as `--fault 'PUT jobs/*:429:2'`; WHAT is a status, `cut`, " +
        "`cut-after`, `page`, `lie`, `failed` for the polls of an operation, or a delay such as `5s`",
    }, typed);
  }
});
