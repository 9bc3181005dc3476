import { equal } from "node:assert/strict";
import { eachRequestFailing } from "../each_request.ts";
import { makeWorld, type World } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

type Change = (world: World) => void;

function write(file: string, change: (text: string) => string): Change {
  return ({ ctx }) => {
    const path = `${ctx.cwd}/${file}`;
    const text = change(new TextDecoder().decode(ctx.files.get(path) ?? new Uint8Array()));
    ctx.files.set(path, new TextEncoder().encode(text));
  };
}

const remove = (file: string): Change => ({ ctx }) => void ctx.files.delete(`${ctx.cwd}/${file}`);

/** What is done first, what changes then, and what a user types to see it. */
const cases: readonly {
  name: string;
  first: readonly string[];
  change?: readonly Change[];
  lines: readonly string[];
}[] = [
  { name: "nothing", first: ["submit -j main"], lines: ["diff -j main", "diff -j main --exit-code --json"] },
  {
    name: "files of the code",
    first: ["submit -j main"],
    change: [
      write("conf/base/parameters.yml", () => "alpha:\n  b: 2\nbeta: 2\n"),
      write("src/tiny/new.py", () => "x = 1\n"),
      remove(".telemetry"),
    ],
    lines: ["diff -j main --exit-code", "diff -j main --patch"],
  },
  {
    name: "parameters, environment and variables",
    first: [`submit -j main --params {"alpha":1,"old":true} --env-var API_TOKEN=one --env-var LEVEL=info`],
    lines: [
      `diff -j main --params {"alpha":2,"new":[1]} --aml-env other-env:3 --env-var API_TOKEN=two`,
      `diff -j main --params {"alpha":2,"new":[1]} --aml-env other-env:3 --env-var API_TOKEN=two --json`,
    ],
  },
  {
    name: "steps, and a run that is named",
    first: ["submit -j one --name first-run", "submit -j main"],
    lines: ["diff -j main --against first-run --exit-code"],
  },
  {
    name: "a run that was submitted elsewhere",
    first: ["submit -j main --name elsewhere", "submit -j one"],
    change: [({ ctx }) => {
      for (const path of ctx.files.keys()) if (path.includes("/.local/state/")) ctx.files.delete(path);
    }],
    lines: ["diff -j main"],
  },
  { name: "no run at all", first: [], lines: ["diff -j main"] },
  { name: "a run that is not there", first: [], lines: ["diff -j main --against nightly-7"] },
  { name: "one run for several jobs", first: [], lines: ["diff -j main -j one --against nightly-7"] },
];

for (const { name, first, change = [], lines } of cases) {
  Deno.test(`diff transcript: ${name}`, async (t) => {
    const world = makeWorld();
    const { ctx, kedroAzureml } = world;
    for (const line of first) await kedroAzureml(line);
    change.forEach((one) => one(world));
    const before = [ctx.stdout().length, ctx.stderr().length];
    const exits: number[] = [];
    for (const line of lines) exits.push(await kedroAzureml(line));
    const typed = lines.map((line) => `$ kedro-azureml ${line}\n`).join("");
    const text = `${typed}${ctx.stdout().slice(before[0])}--- stderr\n${ctx.stderr().slice(before[1])}` +
      `--- exit ${exits.join(", ")}\n`;
    await assertTranscript(t, text, import.meta.url);
  });
}

Deno.test("diff transcript: a storage that may not be read", async (t) => {
  const denied = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
  const world = makeWorld({ emulator: { deniedActions: [denied] } });
  const { ctx, kedroAzureml } = world;
  await kedroAzureml("submit -j main");
  write("src/tiny/new.py", () => "x = 1\n")(world);
  const before = ctx.stdout().length;
  const exit = await kedroAzureml("diff -j main");
  await assertTranscript(t, `${ctx.stdout().slice(before)}--- exit ${exit}\n`, import.meta.url);
});

Deno.test("diff tells the same, whatever goes wrong once with a request", async () => {
  const told = new Set<string>();
  const lines = [
    "submit -j one --name a --snapshot /snapshot.json",
    "diff -j main --against a --snapshot /snapshot.json",
  ];
  for await (const { what, exit, ctx, azure } of eachRequestFailing(lines)) {
    equal(exit, 0, `${what}\n${ctx.stderr()}`);
    equal(azure.resources("jobs").length, 1, what);
    // Time goes on while requests are tried again.
    told.add(ctx.stdout().replace(/, (NotStarted|Running|Completed)$/m, ""));
  }
  equal(told.size, 1);
});
