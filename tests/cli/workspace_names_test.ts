import { deepEqual, equal, match } from "node:assert/strict";
import { makeWorld, type World } from "./world.ts";

const ID = "11111111-2222-3333-4444-555555555555";
const FILE = "/home/user/tiny/conf/base/azureml.yml";

/** Command lines that send requests to the workspace of azureml.yml, or to that of a package. */
const LINES = [
  "submit --package /packed.zip -j main",
  "schedule --package /packed.zip -j nightly",
  "validate main --online",
  "rerun fox --name again",
  "diff main --against fox",
  "schedule list",
  "schedule delete nightly",
  "schedule --delete nightly",
  "schedule pause nightly",
  "schedule trigger nightly",
  "job list",
  "job show fox",
  "job follow fox",
  "job logs fox",
  "job download fox -o /out",
  "job metrics fox",
  "job cancel fox",
  "data push a data",
  "environment push",
  "setup --yes",
  "ui",
];

/** Those that sign in while they read the project, or that are about signing in. */
const SIGN_IN = ["submit main", "auth status", "doctor"];

/** Values of a field that would lead requests to another resource. */
const FIELDS = [
  ["subscription_id", ID, `${ID}/resourceGroups/prod/providers/Microsoft.Storage/storageAccounts/a#`],
  ["resource_group", "rg-golden", "../../x"],
  ["name", "ws-golden", "ws/computes/ci/stop?"],
] as const;

for (const [field, right, wrong] of FIELDS) {
  Deno.test(`no command sends a request to another resource by a workspace's ${field}`, async () => {
    const sent: string[] = [];
    const world: World = makeWorld({
      fetch(request) {
        sent.push(request.url);
        return world.azure.fetch(request);
      },
    });
    const { ctx, kedroAzureml } = world;
    ctx.files.set(`${ctx.cwd}/data/a.csv`, new TextEncoder().encode("1"));
    const text = await ctx.fs.readText(FILE);
    await ctx.fs.writeText(FILE, text.replace(`${field}: "${right}"`, `${field}: "${wrong}"`));
    await ctx.fs.writeText(`${ctx.cwd}/environment/environment.yml`, "name: e\nimage: mcr.example/i:1\n");
    const allow = "--allow workspace.name --allow workspace.subscription_id";
    equal(await kedroAzureml(`pack main nightly -o /packed.zip ${allow}`), 0, ctx.stderr());
    for (const line of [...LINES, ...SIGN_IN]) {
      const before = [ctx.stdout().length, ctx.stderr().length];
      equal(await kedroAzureml([...line.split(" "), "--json"]), 3, `${line}: ${ctx.stderr()}`);
      const said = ctx.stdout().slice(before[0]) + ctx.stderr().slice(before[1]);
      match(said, /"code":"workspace\.(?:name|subscription_id)"/, line);
      const isForeign = (url: string) =>
        !SIGN_IN.includes(line) || !/^https:\/\/(?:login\.|[^/]+\/$)/.test(url);
      deepEqual(sent.splice(0).filter(isForeign), [], line);
    }
  });
}
