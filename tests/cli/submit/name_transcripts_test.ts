import { deepEqual, equal } from "node:assert/strict";
import { eachRequestFailing } from "../matrix/each_request.ts";
import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

/** Command lines that run one after another in one world. */
const cases: readonly { name: string; lines: readonly string[]; world?: WorldOptions }[] = [
  {
    name: "does not send the same job again",
    lines: ["submit -j main --name nightly-7", "submit -j main --name nightly-7"],
  },
  {
    name: "--wait --json follows the same job",
    lines: [
      "submit -j main --name nightly-7",
      "submit -j main --name nightly-7 --json --wait-for-completion",
    ],
  },
  {
    name: "fails for another job under that name",
    lines: [
      "submit -j main --name nightly-7",
      `submit -j main --name nightly-7 --params {"alpha":{"b":7}} --env-var LEVEL=debug --aml-env other-env:3`,
    ],
  },
  {
    name: "--json fails for another job under that name",
    lines: ["submit -j main --name nightly-7", "submit -j one --name nightly-7 --json"],
  },
  {
    name: "fails for another display name",
    lines: ["submit -j main --name nightly-7", "submit -j main --name nightly-7 --display-name main=Again"],
  },
  { name: "rejects several jobs", lines: ["submit -j main -j one --name nightly-7"] },
];

for (const { name, lines, world } of cases) {
  Deno.test(`submit --name ${name}`, async (t) => {
    await assertTranscript(t, await transcriptOf(makeWorld(world), lines), import.meta.url);
  });
}

Deno.test("submit --name sends no PUT request if the job exists", async () => {
  const { azure, kedroAzureml } = makeWorld();
  equal(await kedroAzureml("submit -j main --name nightly-7"), 0);
  const before = azure.requests.length;
  equal(await kedroAzureml("submit -j main --name nightly-7"), 0);
  const sent = azure.requests.slice(before).filter(({ method, url }) =>
    method !== "GET" && !url.includes("oauth2")
  );
  deepEqual(sent, []);
  equal(azure.resources("jobs").length, 1);
});

Deno.test("submit --name submits one job after a failed request", async () => {
  const again = ["submit -j main --name nightly-7 --snapshot /snapshot.json"];
  for await (const { what, exit, ctx, azure, kedroAzureml } of eachRequestFailing(again)) {
    equal(exit, 0, `${what}\n${ctx.stderr()}`);
    equal(await kedroAzureml(again[0]!), 0, what);
    equal(azure.resources("jobs").length, 1, what);
  }
});
