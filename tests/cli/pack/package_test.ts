import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { RecordedRequest } from "../../fakes/emulator.ts";
import { eachRequestFailing } from "../matrix/each_request.ts";
import { makeWorld, type WorldOptions } from "../world.ts";

/** Jobs of golden projects with different kinds of steps. */
const JOBS: readonly (readonly [project: string, job: string])[] = [
  ["tiny", "main"],
  ["spaceflights", "everything"],
  ["disttrain", "all"],
  ["assetlab", "assets"],
  ["paramlab", "plain"],
];
const ENVIRONMENTS = ["kedro-env", "spaceflights-env", "other-env", "dist-env", "asset-env", "param-env"];
const GENEROUS: WorldOptions = {
  emulator: {
    seed: {
      dataOnDemand: true,
      environments: ENVIRONMENTS.map((name) => ({ name, versions: ["3", "9", "12"] })),
    },
  },
};

/** Returns the write requests to Azure without random names. */
function writes(requests: readonly RecordedRequest[]) {
  return requests.filter(({ method, url }) => method === "PUT" && url.includes("management.azure.com"))
    .map(({ url, body }) => ({ url: url.replace(/\/jobs\/[^?]+/, "/jobs/…"), body: withoutCodeUri(body) }))
    .sort((a, b) => (a.url < b.url ? -1 : 1));
}

function withoutCodeUri(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replace(/"codeUri":"[^"]+"/, '"codeUri":"…"'));
}

async function packed(project: string, line: string) {
  const here = makeWorld({ ...GENEROUS, project });
  equal(await here.kedroAzureml(line), 0, here.ctx.stderr());
  return here.ctx.files.get(`${here.ctx.cwd}/main.kap`)!;
}

function otherMachine(bytes: Uint8Array<ArrayBuffer>) {
  return { ...GENEROUS, files: { "/stick/main.kap": bytes }, cwd: "/stick" };
}

for (const [project, job] of JOBS) {
  Deno.test(`submit --package sends the same requests as submit for a job of ${project}`, async () => {
    const direct = makeWorld({ ...GENEROUS, project });
    equal(await direct.kedroAzureml(`submit -j ${job}`), 0, direct.ctx.stderr());
    const there = makeWorld(otherMachine(await packed(project, `pack -j ${job} -o main.kap`)));
    equal(await there.kedroAzureml("submit --package main.kap"), 0, there.ctx.stderr());
    deepEqual(writes(there.azure.requests), writes(direct.azure.requests));
    ok(writes(direct.azure.requests).length > 2);
    const names = (blobs: ReadonlyMap<string, number>) =>
      [...blobs].map(([name, bytes]) => `${name.split("/").slice(2).join("/")} ${bytes}`).sort();
    deepEqual(names(there.azure.blobs()), names(direct.azure.blobs()));
  });
}

Deno.test("pack writes the same bytes for the same project", async () => {
  const first = await packed("tiny", "pack -j main -o main.kap");
  ok(first.length > 1000);
  deepEqual(await packed("tiny", "pack -j main -o main.kap"), first);
});

Deno.test("pack fails if the written package is damaged", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  const { writeChunks } = ctx.fs;
  ctx.fs.writeChunks = async (path, ...rest) => {
    await writeChunks(path, ...rest);
    const bytes = ctx.files.get(path)!;
    bytes[bytes.length - 1]! ^= 1;
  };
  equal(await kedroAzureml("pack main -o main.kap --json"), 3, ctx.stdout());
  match(ctx.stderr(), /"code":"package\.\w+"/);
});

Deno.test("pack rejects secret-like files unless --allow code.secret is given", async () => {
  const { ctx, kedroAzureml } = makeWorld(GENEROUS);
  ctx.files.set(`${ctx.cwd}/.env`, new TextEncoder().encode("TOKEN=x\n"));
  equal(await kedroAzureml("pack -j main -o main.kap"), 3);
  match(ctx.stderr(), /Cannot pack: "\.env" looks like a file of environment variables/);
  equal(ctx.files.has(`${ctx.cwd}/main.kap`), false);
  equal(await kedroAzureml("pack -j main -o main.kap --allow code.secret"), 0);
});

Deno.test("submit --package submits one job after a failed request", async () => {
  const world = otherMachine(await packed("tiny", "pack -j main -o main.kap"));
  for await (const { what, exit, ctx, azure } of eachRequestFailing(["submit --package main.kap"], world)) {
    equal(exit, 0, `${what}\n${ctx.stderr()}`);
    equal(azure.resources("jobs").length, 1, what);
  }
});

for (
  const [pack, submit, workspaces] of [
    ["", "", ["ws-golden", "ws-staging"]],
    ["", " -w staging", ["ws-staging", "ws-staging"]],
    ["", " -w staging --workspace-name other", ["other", "other"]],
    [" -w staging", "", ["ws-staging", "ws-staging"]],
  ] as const
) {
  Deno.test(`submit --package${submit} after pack${pack} uses the workspaces ${workspaces.join(" and ")}`, async () => {
    const there = makeWorld(otherMachine(await packedFor(pack)));
    equal(
      await there.kedroAzureml(`submit --package main.kap --dry-run --json${submit}`),
      0,
      there.ctx.stderr(),
    );
    const plans = there.ctx.stdout().trim().split("\n").map((line) => JSON.parse(line));
    deepEqual(plans.map(({ job, workspace }) => [job, workspace.name]), [
      ["main", workspaces[0]],
      ["one", workspaces[1]],
    ]);
  });
}

/** A package of a job in the default workspace and one in another. */
async function packedFor(options: string) {
  const { ctx, kedroAzureml, edit } = makeWorld(GENEROUS);
  const staging =
    "  staging: {subscription_id: 11111111-2222-3333-4444-555555555555, resource_group: rg, name: ws-staging}\n";
  await edit("conf/base/azureml.yml", ["workspace:\n", `workspace:\n${staging}`], [
    "  one:\n",
    "  one:\n    workspace: staging\n",
  ]);
  equal(await kedroAzureml(`pack -j main -j one -o main.kap${options}`), 0, ctx.stderr());
  return ctx.files.get(`${ctx.cwd}/main.kap`)!;
}
