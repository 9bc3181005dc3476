import { fileURLToPath } from "node:url";
import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { createEmulator } from "../../fakes/emulator.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { askedIds } from "../../fakes/asked_ids.ts";
import { fakeContext } from "../../fakes/context.ts";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";

/** A `schedule` run of the plugin, and its requests; commands end before its `; rc=$?`. */
interface Case {
  readonly id: string;
  readonly project: string;
  readonly argv: readonly string[];
  readonly puts: readonly Put[];
}

interface Put {
  readonly url: string;
  readonly body: unknown;
}

/** A schedule's body, with component ids. */
interface ScheduleBody {
  properties: {
    action: {
      jobDefinition: {
        description?: string;
        properties?: unknown;
        experimentName?: string;
        computeId?: string;
        jobs: Record<string, { componentId: unknown }>;
      };
    };
    trigger: { timeZone: string };
  };
}

const golden = fileURLToPath(new URL("../../golden/", import.meta.url));
const cases: Case[] = JSON.parse(await Deno.readTextFile(`${golden}scheduled.json`));

for (const { id, project, argv, puts } of cases) {
  Deno.test(`schedule sends the plugin's requests for ${id}`, async () => {
    const azure = createEmulator({ seed: SEED });
    const { tenant, client, secret } = azure.identity;
    const { fetch, restored } = askedIds(azure);
    const ctx = fakeContext({
      fs: systemFs,
      cwd: `${golden}projects/${project}`,
      env: { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret },
      fetch,
    });

    // Project fleets uploads only src, so its steps would not find the project.
    const local = ["dataset.not_uploaded", "dataset.local_between_steps"].flatMap((
      code,
    ) => ["--allow", code]);
    const exit = await run([...argv, ...local], ctx);

    equal(exit, 0, ctx.stderr());
    const sent = azure.requests.flatMap(({ method, url, body }): Put[] => {
      const { hostname, pathname, search } = new URL(url);
      if (method !== "PUT" || hostname !== "management.azure.com" || pathname.includes("/codes/")) return [];
      return [{ url: pathname + search, body: typeof body === "string" ? JSON.parse(body) : body }];
    });
    deepStrictEqual(
      comparable(restored(sent).map(withoutIntendedDifferences(project))),
      comparable(puts.map(withoutQuirks)),
    );
  });
}

Deno.test("scheduled.json has seven schedules", () => ok(cases.length === 7));

const SEED = {
  workspaces: [GOLDEN_WORKSPACE],
  computes: ["cpu-cluster", "gpu-cluster"],
  environments: [
    { name: "kedro-env", versions: ["12"] },
    { name: "fleet-env", versions: ["12"] },
  ],
};

/** Replaces IANA time zones, which the plugin sends, by the Windows names of the specification. */
function withoutQuirks(put: Put): Put {
  if (!put.url.includes("/schedules/")) return put;
  const copy = structuredClone(put) as { url: string; body: ScheduleBody };
  const { trigger } = copy.body.properties;
  if (trigger.timeZone === "Europe/Paris") trigger.timeZone = "Romance Standard Time";
  return copy;
}

/** Checks and removes what only our scheduled jobs have: a compute and an experiment. */
function withoutIntendedDifferences(project: string): (put: Put) => Put {
  return (put) => {
    if (!put.url.includes("/schedules/")) return put;
    const copy = structuredClone(put) as { url: string; body: ScheduleBody };
    const job = copy.body.properties.action.jobDefinition;
    ok(job.computeId?.endsWith("/computes/cpu-cluster"), job.computeId);
    delete job.computeId;
    if (job.experimentName === project) delete job.experimentName;
    return copy;
  };
}

/** Replaces component ids by components and removes random values. */
function comparable(puts: readonly Put[]): unknown {
  const components = new Map(
    puts.filter(({ url }) => url.includes("/components/")).map(({ url, body }) => [
      url.split("?")[0]!,
      [url.split("?")[1], component(body)],
    ]),
  );
  return puts.filter(({ url }) => !url.includes("/components/")).map(({ url, body }) => {
    const copy = structuredClone(body) as ScheduleBody;
    const job = copy.properties.action.jobDefinition;
    delete job.description;
    // Git properties depend on this checkout.
    delete job.properties;
    for (const node of Object.values(job.jobs)) {
      node.componentId = components.get(String(node.componentId)) ?? `no component ${node.componentId}`;
    }
    return { url, body: copy };
  });
}

function component(body: unknown): unknown {
  const text = JSON.stringify(body).replaceAll(/\/codes\/[0-9a-f-]{36}\//g, "/codes/CODE/");
  const copy = JSON.parse(text) as { properties: { componentSpec: { command: string } } };
  const spec = copy.properties.componentSpec;
  spec.command = spec.command.split("; rc=$?")[0]!;
  return copy;
}
