import { deepEqual, equal, match } from "node:assert/strict";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { type Answer, type Variation, VARIATIONS } from "./variations.ts";
import { dealt, dealtAt } from "./dealt.ts";
import { SNAPSHOT, type VariedWorld, variedWorld } from "./varied_world.ts";

const TRACKED = { count: { metrics: { mae: [1.5, 0.5] } } };
const DONE = {
  outcome: { tracked: TRACKED, artifacts: { "outputs/a.txt": "a" }, outputs: { b: { "part-0.csv": "1\n" } } },
};

const USUAL = "its usual responses";
const WORLDS: readonly (readonly [name: string, variation: Variation, emulator: EmulatorOptions])[] = [
  ...Object.entries(VARIATIONS).map(([name, variation]) => [name, variation, {}] as const),
  ["403 for account keys", {}, { storage: "identity" }],
  ["datastores without credentials", {}, { storage: "no credentials" }],
  ["429 and few requests left", {}, { limits: true }],
];

/** Commands that follow on those of {@linkcode submitTwice}; none needs another block. */
const BLOCKS: Readonly<Record<string, (world: VariedWorld) => Promise<void>>> = {
  async "diff finds no changes, and validate --online succeeds"({ does }) {
    match(
      await does(`diff main ${SNAPSHOT} --against first`),
      /^No changes/,
    );
    await does(`validate main ${SNAPSHOT} --online`);
  },
  async "job commands follow, show, compare, report and download completed jobs"({ does }) {
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
  },
  async "job commands reject the run of a step"({ does }) {
    const { steps } = JSON.parse(await does("job show first --json"));
    const run = steps[0].run;
    for (const command of ["show", "follow", "cancel", "logs"]) {
      match(await does(`job ${command} ${run}`, 5), /is step "\w+" of job "first"/);
    }
  },
  async "job cancel cancels a running job"({ does }) {
    await does(`submit main ${SNAPSHOT} --name third`);
    await does("job cancel third");
    match(await does("job follow third", 7), /Canceled/);
  },
  async "rerun submits a completed job again"({ does }) {
    await does("rerun first --name again --wait");
  },
  async "schedule creates, pauses, resumes and deletes a schedule"({ does }) {
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
  },
  async "ui serves the jobs, a run and its log"({ does, get }) {
    const { url } = JSON.parse(await does("ui --json"));
    const cookie = (await get(url)).headers.get("set-cookie")!.split(";")[0]!;
    const list = await (await get("/", { cookie })).text();
    match(list, /"name":"first"/);
    equal((await get("/runs/first", { cookie })).status, 200);
    match(await (await get("/runs/first?part=log&step=count&from=0", { cookie })).text(), /count has run/);
  },
  async "doctor, setup and a repeated data push succeed"({ does }) {
    await does("doctor");
    await does(`setup ${SNAPSHOT} --yes`);
    await does("data push raw /home/user/tiny/pyproject.toml");
    await does("data push raw /home/user/tiny/pyproject.toml");
  },
};

async function submitTwice({ does, sent, azure }: VariedWorld): Promise<void> {
  match(await does(`submit main ${SNAPSHOT} --name first --wait`), /first\): Completed/);
  sent();
  await does(`submit main ${SNAPSHOT} --name first`);
  deepEqual(sent().filter((one) => !one.startsWith("GET ")), [], "nothing is sent twice");
  await does(`submit main ${SNAPSHOT} --name second --wait`);
  deepEqual(sent().filter((one) => one.startsWith("PUT ")), ["PUT jobs/second"]);
  equal(azure.resources("jobs").length, 2);
}

/** What each block is answered in the usual world, so that variations that change none of it can be skipped. */
const usual = await (async () => {
  let answers: Parameters<NonNullable<Variation["answer"]>>[] = [];
  const record: Variation = {
    answer(...given) {
      answers.push(given);
      return given[0];
    },
  };
  const world = variedWorld(record, { emulator: DONE });
  await submitTwice(world);
  const found: Record<string, typeof answers> = {};
  for (const [name, block] of Object.entries(BLOCKS)) {
    answers = [];
    await block(world);
    found[name] = answers;
  }
  return found;
})();

function changes({ request, answer = (one) => one }: Variation, block: string): boolean {
  const shown = ({ status, headers, body }: Answer) => JSON.stringify([status, [...headers], body]);
  return request !== undefined || usual[block]!.some((given) => shown(answer(...given)) !== shown(given[0]));
}

/** Blocks that each world runs: all that the usual one does, and some of those that another may change. */
const EACH = 2;

for (const [at, [name, variation, emulator]] of WORLDS.entries()) {
  Deno.test(`commands work if Azure answers with ${name}`, async (t) => {
    const world = variedWorld(variation, { emulator: { ...DONE, ...emulator } });
    await t.step("submit creates one job for each name", () => submitTwice(world));
    const isUsual = Object.keys(variation).length === 0;
    const able = Object.keys(BLOCKS).filter((block) => isUsual || changes(variation, block));
    const chosen = name === USUAL ? able : able.length === 0 ? [] : dealtAt(at, able, EACH);
    for (const block of Object.keys(BLOCKS).filter((one) => chosen.includes(one))) {
      await t.step(block, () => BLOCKS[block]!(world));
    }
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
const missing = dealt(LINES, Object.keys(MISSING), 1);

for (const [what, [body, shown]] of Object.entries(MISSING)) {
  Deno.test(`commands name the missing ${what}`, async (t) => {
    for (
      const line of new Set([
        LINES[0]!,
        ...missing.filter(([, one]) => one === what).map(([one]) => one),
      ])
    ) {
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
