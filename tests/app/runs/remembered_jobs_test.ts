import { deepStrictEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import {
  knownComponents,
  lastJob,
  type RememberedJob,
  rememberJob,
} from "../../../src/app/runs/submitted_jobs.ts";
import { workspaceId } from "../../../src/config/workspace.ts";
import { userFolders } from "../../../src/core/files.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { fakeContext } from "../../fakes/context.ts";
import { modeOf } from "../../fakes/paths.ts";
import { createFolder } from "../../fakes/folder.ts";

const WORKSPACE = { subscription_id: "s", resource_group: "rg", name: "ws" };

function job(name: string, second: number, other: Partial<RememberedJob> = {}): RememberedJob {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  return { name, job: "main", env: "local", workspace: WORKSPACE, studioUrl: "u", at, sent: true, ...other };
}

/** A machine that remembered 55 jobs of a project. */
async function withManyJobs() {
  const ctx = fakeContext();
  for (let second = 0; second < 55; second++) await rememberJob(ctx, "/project", job(`j${second}`, second));
  return ctx;
}

Deno.test("the newest 50 jobs of a project are kept", async () => {
  const ctx = await withManyJobs();
  equal(ctx.files.size, 50);
  equal(await lastJob(ctx, "/project", { name: "j4" }), undefined);
  equal((await lastJob(ctx, "/project", { name: "j5" }))?.name, "j5");
});

for (
  const [what, text] of [
    ["with its end cut off", '{"name": "j54", "jo'],
    ...(["name", "workspace"] as const).map((key) =>
      [`without ${key}`, JSON.stringify({ ...job("j54", 54), [key]: undefined })] as const
    ),
    ...(["resource_group"] as (keyof typeof WORKSPACE)[]).map((key) =>
      [
        `without ${key} of the workspace`,
        JSON.stringify(job("j54", 54, { workspace: { ...WORKSPACE, [key]: undefined } })),
      ] as const
    ),
  ]
) {
  Deno.test(`the last job skips a record ${what}`, async () => {
    const ctx = fakeContext();
    for (const second of [53, 54]) await rememberJob(ctx, "/project", job(`j${second}`, second));
    await ctx.fs.writeText([...ctx.files.keys()].sort().at(-1)!, text!);
    equal((await lastJob(ctx, "/project"))?.name, "j53");
  });
}

Deno.test("records of jobs are private files", async () => {
  await using temporary = await createFolder();
  const { root: home } = temporary;
  const ctx = { ...fakeContext({ fs: systemFs }), home };
  await Promise.all(
    Array.from({ length: 20 }, (_, second) => rememberJob(ctx, home, job(`j${second}`, second))),
  );
  equal((await lastJob(ctx, home))?.name, "j19");
  const folder = join(userFolders(ctx)!.state, "jobs");
  const files = await Array.fromAsync(systemFs.walk(folder, () => true));
  const modes = files.filter(({ kind }) => kind === "file").map(({ path }) => modeOf(path));
  deepStrictEqual([modes.length, new Set(modes)], [20, new Set([0o600])]);
});

Deno.test("the last job is found by any path to the project", async () => {
  const base = fakeContext();
  const realPath = async (path: string) => path === "/link" ? "/project" : path;
  const ctx = { ...base, fs: { ...base.fs, realPath } };
  await rememberJob(ctx, "/project", job("a", 1));
  equal((await lastJob(ctx, "/link"))?.name, "a");
});

for (
  const [what, other] of [
    ["of another job", { job: "nightly" }],
    ["of another environment", { env: "prod" }],
    ["without an answer", { sent: false }],
  ] as const
) {
  Deno.test(`submit does not reuse components of a run ${what}`, async () => {
    const ctx = fakeContext();
    await rememberJob(ctx, "/project", job("a", 1), new Map([["fit", "1"]]));
    await rememberJob(ctx, "/project", job("b", 2, other), new Map([["fit", "2"]]));
    const wanted = { job: "main", env: "local", workspaceId: workspaceId(WORKSPACE) };
    deepStrictEqual([...await knownComponents(ctx, "/project", wanted)], [["fit", "1"]]);
  });
}

Deno.test("submit reuses no components recorded in a shared folder", async () => {
  const ctx = fakeContext();
  await rememberJob(ctx, "/project", job("a", 1), new Map([["fit", "1"]]));
  const stat = async (path: string) => ({ ...(await ctx.fs.stat(path))!, writableByOthers: true });
  const wanted = { job: "main", env: "local", workspaceId: workspaceId(WORKSPACE) };
  const shared = { ...ctx, fs: { ...ctx.fs, stat } };
  deepStrictEqual([...await knownComponents(shared, "/project", wanted)], []);
});
