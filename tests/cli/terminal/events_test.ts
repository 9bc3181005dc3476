import { deepEqual } from "node:assert/strict";
import type { AppEvent } from "../../../src/app/context.ts";
import { showEvents } from "../../../src/cli/terminal/command_context.ts";
import { openProgress } from "../../../src/cli/terminal/progress.ts";
import { fakeContext } from "../../fakes/context.ts";

/** An event whose other keys are not checked here. */
interface Loose {
  readonly type: string;
  readonly [key: string]: unknown;
}

const AT = "2026-01-02T03:04:05Z";
const PACKAGE = { type: "package", jobs: ["a"], project: "shop", env: "local", madeBy: "x 1", sha256: "ab" };
const USING = { type: "last_job", name: "fox", job: "main", at: AT };
const CODE = { type: "code", files: 1, sizeBytes: 2048, wasThere: false };
const RETRY = { type: "retry", url: "https://a.example/b?sig=c", status: 503, waitMs: 2000 };
const MAKING = {
  ...{ type: "environment_making", isUpdate: false, tool: "uv", from: "requirements.txt", folder: "/venv" },
};
const USED = { name: "github-oidc", status: "used", milliseconds: 1 };
const SENDING = { job: "main", name: "fox", studioUrl: "https://studio" };

/** An event, its line, and its data with `--json` if that differs from the event. */
const CASES: readonly (readonly [event: Loose, line: string, data?: object])[] = [
  [{ type: "workspace", workspace: "ws" }, "✓ Workspace ws"],
  [{ type: "workspace", workspace: "ws", location: "eastus" }, "✓ Workspace ws in eastus"],
  [{ type: "compute", name: "cpu" }, "✓ Compute cpu"],
  [{ type: "environment", shown: "e:1", asked: "e:1" }, "✓ Environment e:1"],
  [{ type: "environment", shown: "e:1", asked: "e@latest" }, "✓ Environment e:1 for e@latest"],
  [
    { type: "data", id: "/x/data/rides/versions/2", path: "azureml:rides@latest" },
    "✓ Data asset rides:2 for azureml:rides@latest",
  ],
  [CODE, "✓ Code, 1 file, 2.0 KiB: uploaded"],
  [{ ...CODE, files: 2, wasThere: true }, "✓ Code, 2 files, 2.0 KiB: already in the workspace"],
  [{ type: "sending", ...SENDING }, "  Submitting job main as fox"],
  [{ type: "rerun", ...SENDING }, "  Submitting job main as fox", { type: "sending", ...SENDING }],
  [{ type: "print", text: "hello" }, "hello"],
  [
    { type: "compiled", project: "shop", env: "local", job: "main", steps: 1, pipeline: "__default__" },
    "✓ Project shop, environment local: job main has 1 step of pipeline __default__",
    { type: "compiled", job: "main", steps: 1 },
  ],
  [{ type: "schedule_changing", name: "main-nightly", action: "create" }, "  Creating schedule main-nightly"],
  [{ type: "schedule_changing", name: "main-nightly", action: "delete" }, "  Deleting schedule main-nightly"],
  [MAKING, "  Creating a Python environment for the steps with uv, from requirements.txt (once)"],
  [
    { ...MAKING, isUpdate: true },
    "  Updating the steps' Python environment with uv, because requirements.txt names other files",
  ],
  [
    { type: "identity", identity: { name: "ci", kind: "service principal" }, members: [USED] },
    "✓ Signed in as service principal ci (GitHub Actions)",
    { type: "identity", name: "ci", kind: "service principal" },
  ],
  [{ type: "environment_made", durationMs: 65_000 }, "✓ The Python environment is ready after 1 min 5 s"],
  [
    { ...PACKAGE, isEnforced: true },
    "✓ Package with 1 job of project shop, environment local, packed by x 1\n  SHA-256 ab; matches `--sha256`",
  ],
  [
    { ...PACKAGE, isEnforced: false },
    "✓ Package with 1 job of project shop, environment local, packed by x 1\n" +
    "  SHA-256 ab; integrity checked; pass `--sha256` to verify its origin",
  ],
  [
    { type: "canceled_previous", name: "fox", run: "run 5" },
    "✓ Requested cancellation of job fox from run 5",
    { type: "canceled_previous", name: "fox" },
  ],
  [USING, "  Using the last submitted job: fox (main, 2026-01-02 03:04 UTC)", { ...USING, type: "job" }],
  [
    { ...USING, asked: "main~1" },
    "  Using run fox for main~1 (job main, 2026-01-02 03:04 UTC)",
    { ...USING, asked: "main~1", type: "job" },
  ],
  [
    { type: "named_run", name: "main", other: "fox" },
    "  Using the run with the name main; the last run of job main is fox",
  ],
  [
    { type: "downloaded", step: "a", path: "/d/x", shown: "d/x", sizeBytes: 5, wasThere: false },
    "✓ d/x: 5 bytes",
    { type: "downloaded", step: "a", path: "/d/x", sizeBytes: 5, wasThere: false },
  ],
  [
    { type: "downloaded", step: "a", asset: "m:1", path: "/d", shown: "d", sizeBytes: 5, wasThere: true },
    "✓ d: already downloaded, of m:1",
    { type: "downloaded", step: "a", asset: "m:1", path: "/d", sizeBytes: 5, wasThere: true },
  ],
  [RETRY, "  a.example answered with 503; retrying in 2 s", {
    type: "retry",
    host: "a.example",
    status: 503,
    waitMs: 2000,
  }],
  [
    { ...RETRY, status: undefined },
    "  a.example did not answer; retrying in 2 s",
    { type: "retry", host: "a.example", waitMs: 2000 },
  ],
];

/** What is printed of events to standard error, in a log. */
function printed(
  options: Parameters<typeof showEvents>[2],
  ...events: readonly Loose[]
): string[] {
  const ctx = fakeContext();
  const report = showEvents(ctx, openProgress(ctx, options), options);
  for (const event of events) report(event as unknown as AppEvent);
  const lines = ctx.stderr().trimEnd().split("\n");
  report({ type: "read" });
  return lines;
}

for (const [event, line, data = event] of CASES) {
  Deno.test(`progress prints "${line.trim().replaceAll(/\n +/g, "; ")}"`, () => {
    deepEqual(printed({}, event).join("\n"), line);
    deepEqual(printed({ json: true }, event).map((text) => JSON.parse(text)), [{ progress: data }]);
    deepEqual(printed({ quiet: true }, event), [""]);
  });
}

const component = (done: number, there: number, total = 3) => ({ type: "component", done, there, total });

Deno.test("progress counts components on the last line of a terminal", () => {
  const ctx = fakeContext({ interactive: true });
  const report = showEvents(ctx, openProgress(ctx, {}), {});
  for (const done of [1, 3]) report(component(done, 0) as AppEvent);
  deepEqual(ctx.frames, [["count", "  Registered 1 of 3 components"]]);
  deepEqual(ctx.stderr(), "✓ Registered 3 components\n");
});

Deno.test("a terminal names a job while it is submitted, and then only in the result", () => {
  const ctx = fakeContext({ interactive: true });
  const report = showEvents(ctx, openProgress(ctx, {}), {});
  report({ type: "sending", ...SENDING } as unknown as AppEvent);
  deepEqual(ctx.frames, [["count", "  Submitting job main as fox"]]);
  deepEqual(ctx.stderr(), "");
});

Deno.test("progress is cut to the width of the terminal", () => {
  const ctx = fakeContext({ interactive: true });
  const frames: (readonly string[])[] = [];
  const pin: typeof ctx.terminal.pin = async (_, frame) => {
    if (frame !== undefined) frames.push(frame({ columns: 20, rows: 5 }));
  };
  const terminal = { ...ctx.terminal, pin };
  showEvents({ ...ctx, terminal }, openProgress({ ...ctx, terminal }, {}), {})(component(1, 0) as AppEvent);
  deepEqual(frames, [["  Registered 1 of …"]]);
});

Deno.test("a spinner is shown while the project is read", async () => {
  const ctx = fakeContext({ interactive: true });
  const report = showEvents(ctx, openProgress(ctx, {}), {});
  report({ type: "reading" });
  while (ctx.frames.length < 2) await ctx.clock.sleep(1);
  report({ type: "read" });
  const { length } = ctx.frames;
  deepEqual(ctx.frames[0], ["spinner", "  Reading the project"]);
  await ctx.clock.sleep(1);
  deepEqual(ctx.frames.length, length);
});

Deno.test("the line of an upload is removed at its end", () => {
  const ctx = fakeContext({ interactive: true });
  const removed: string[] = [];
  const terminal = {
    ...ctx.terminal,
    pin: async (...[name, frame]: Parameters<typeof ctx.terminal.pin>) => {
      if (frame === undefined) removed.push(name);
    },
  };
  const report = showEvents({ ...ctx, terminal }, openProgress({ ...ctx, terminal }, {}), {});
  report(component(1, 0) as AppEvent);
  report({ type: "upload", name: "a", files: 0, totalFiles: 2, sentBytes: 1, totalBytes: 9 });
  deepEqual(removed, []);
  report({ type: "read" });
  deepEqual(removed, ["spinner", "count"]);
});

Deno.test("retries within 2 s are not printed", () => {
  deepEqual(printed({}, { ...RETRY, waitMs: 1999 }), [""]);
  const cache = { type: "cache", message: "read from the cache" };
  deepEqual([printed({}, cache), printed({ verbose: true }, cache)], [[""], ["  read from the cache"]]);
});
