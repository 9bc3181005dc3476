import { deepEqual, equal, match } from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { type Variation, VARIATIONS } from "./variations.ts";
import { SNAPSHOT, variedWorld } from "./varied_world.ts";

const TRACKED = { count: { metrics: { mae: [1.5, 0.5] } } };
const DONE = {
  outcome: { tracked: TRACKED, artifacts: { "outputs/a.txt": "a" }, outputs: { b: { "part-0.csv": "1\n" } } },
};

const WORLDS: readonly (readonly [name: string, variation: Variation, emulator: EmulatorOptions])[] = [
  ...Object.entries(VARIATIONS).map(([name, variation]) => [name, variation, {}] as const),
  ["403 for account keys", {}, { storage: "identity" }],
  ["datastores without credentials", {}, { storage: "no credentials" }],
  ["429 and few requests left", {}, { limits: true }],
];

for (const [name, variation, emulator] of WORLDS) {
  Deno.test(`commands work if Azure answers with ${name}`, async (t) => {
    const { does, sent, azure, get } = variedWorld(variation, { emulator: { ...DONE, ...emulator } });
    await t.step("submit creates one job for each name", async () => {
      match(await does(`submit main ${SNAPSHOT} --name first --wait`), /first\): Completed/);
      sent();
      await does(`submit main ${SNAPSHOT} --name first`);
      deepEqual(sent().filter((one) => !one.startsWith("GET ")), [], "nothing is sent twice");
      await does(`submit main ${SNAPSHOT} --name second --wait`);
      deepEqual(sent().filter((one) => one.startsWith("PUT ")), ["PUT jobs/second"]);
      equal(azure.resources("jobs").length, 2);
    });
    await t.step("diff finds no changes, and validate --online succeeds", async () => {
      match(
        await does(`diff main ${SNAPSHOT} --against first`),
        /^No changes/,
      );
      await does(`validate main ${SNAPSHOT} --online`);
    });
    await t.step("job commands follow, show, compare, report and download completed jobs", async () => {
      match(await does("job follow second"), /second\): Completed/);
      match(await does("job logs first"), /count has run/);
      match(await does("job show first --json"), /"status":"Completed"/);
      match(await does("job metrics first --all"), /mae.*0\.5/);
      match(await does("job compare first second --json"), /"changes":\[\]/);
      match(await does("job list"), /first/);
      await does("job report first -o /out/report.html");
      await does("job download first -o /out/files");
      await does("job download first -o /out/named --outputs");
      match(await does("job cancel first"), /already ended/);
      match(await does("job show none", 5), /Job "none" not found/);
    });
    await t.step("job commands reject the run of a step", async () => {
      const { steps } = JSON.parse(await does("job show first --json"));
      const run = steps[0].run;
      for (const command of ["show", "follow", "cancel", "logs"]) {
        match(await does(`job ${command} ${run}`, 5), /is step "\w+" of job "first"/);
      }
    });
    await t.step("job cancel cancels a running job", async () => {
      await does(`submit main ${SNAPSHOT} --name third`);
      await does("job cancel third");
      match(await does("job follow third", 7), /Canceled/);
    });
    await t.step("rerun submits a completed job again", async () => {
      await does("rerun first --name again --wait");
    });
    await t.step("schedule creates, pauses, resumes and deletes a schedule", async () => {
      await does(`schedule nightly ${SNAPSHOT}`);
      match(await does("schedule list"), /nightly/);
      const created = /\S*nightly\S*/.exec(await does("schedule list --json"))![0];
      equal(created.length > 0, true);
      await does("schedule pause nightly");
      match(await does("schedule show nightly"), /paused|disabled/i);
      await does("schedule resume nightly");
      await does("schedule runs nightly");
      await does("schedule delete nightly");
      match(await does("schedule delete nightly", 5), /does not exist/);
    });
    await t.step("ui serves the jobs, a run and its log", async () => {
      const { url } = JSON.parse(await does("ui --json"));
      const cookie = (await get(url)).headers.get("set-cookie")!.split(";")[0]!;
      const list = await (await get("/", { cookie })).text();
      match(list, /"name":"first"/);
      equal((await get("/runs/first", { cookie })).status, 200);
      match(await (await get("/runs/first?part=log&step=count&from=0", { cookie })).text(), /count has run/);
    });
    await t.step("doctor, setup and a repeated data push succeed", async () => {
      await does("doctor");
      await does(`setup ${SNAPSHOT} --yes`);
      await does("data push raw /home/user/tiny/pyproject.toml");
      await does("data push raw /home/user/tiny/pyproject.toml");
    });
  });
}

const LINES = [
  `submit main ${SNAPSHOT} --name second --wait`,
  `validate main ${SNAPSHOT} --online`,
  `diff main ${SNAPSHOT} --against first`,
  "rerun first --name again",
  "rerun first --from-failed",
  `schedule nightly ${SNAPSHOT}`,
  "schedule list",
  "schedule show nightly",
  "schedule pause nightly",
  "schedule resume nightly",
  "schedule runs nightly",
  "schedule trigger nightly",
  "schedule delete nightly",
  "job list",
  "job show first",
  "job follow first",
  "job logs first",
  "job metrics first",
  "job compare first second",
  "job report first -o /out/report.html",
  "job download first -o /out/files",
  "job cancel first",
  "data push raw /home/user/tiny/pyproject.toml",
  `setup ${SNAPSHOT} --yes`,
];

const gateway = (code: string, message: string) => ({ error: { code, message } });
const MISSING: Readonly<Record<string, readonly [body: unknown, shown: RegExp]>> = {
  "workspace": [
    gateway(
      "ResourceNotFound",
      "The Resource 'Microsoft.MachineLearningServices/workspaces/ws-golden' under resource group 'rg-golden' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    ),
    /[Ww]orkspace "ws-golden"/,
  ],
  "workspace if it is reported as the parent resource": [
    gateway(
      "ParentResourceNotFound",
      "Can not perform requested operation on nested resource. Parent resource 'ws-golden' not found.",
    ),
    /[Ww]orkspace "ws-golden"/,
  ],
  "resource group": [
    gateway("ResourceGroupNotFound", "Resource group 'rg-golden' could not be found."),
    /[Rr]esource group "rg-golden"/,
  ],
  "subscription": [
    gateway(
      "SubscriptionNotFound",
      "The subscription '11111111-2222-3333-4444-555555555555' could not be found.",
    ),
    /[Ss]ubscription "?11111111/,
  ],
};
for (const [what, [body, shown]] of Object.entries(MISSING)) {
  Deno.test(`commands name the missing ${what}`, async (t) => {
    for (const line of LINES) {
      await t.step(line, async () => {
        const { does } = variedWorld({
          answer: (answer, _, path) =>
            path.startsWith("https:") && !/\/workspaces\/[^/?]+(\?|$)/.test(path)
              ? answer
              : { status: 404, headers: new Headers({ "content-type": "application/json" }), body },
        });
        const text = await does(line, 5);
        match(text, shown);
        match(text, /azureml\.yml|-w/);
      });
    }
  });
}
