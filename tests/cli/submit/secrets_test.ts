import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

const TOKEN = `ghp_${"a1B2c3".repeat(6)}`;

for (
  const line of [
    "submit main",
    "submit main --dry-run",
    "pack main -o /out/main.kap",
    "files",
    "schedule nightly",
  ]
) {
  Deno.test(`${line} rejects code with a token`, async () => {
    const { ctx, azure, kedroAzureml } = makeWorld();
    ctx.files.set("/home/user/tiny/src/settings.txt", new TextEncoder().encode(`x\ntoken = ${TOKEN}\n`));
    equal(await kedroAzureml(line), 3, ctx.stderr());
    const said = ctx.stdout() + ctx.stderr();
    match(said, /src\/settings\.txt:2/);
    match(said, /GitHub token/);
    match(said, /--allow code\.secret/);
    // Signing in may have begun during the checks.
    const sent = azure.requests.filter(({ url }) => !url.startsWith("https://login.microsoftonline.com/"));
    deepEqual([said.includes(TOKEN), sent.length, ctx.files.has("/out/main.kap")], [
      false,
      0,
      false,
    ]);
  });
}

Deno.test("submit --allow code.secret accepts a token in the code", async () => {
  for (
    const [line, ignored] of [["submit main --allow code.secret", ""], [
      "submit main",
      "\nsrc/settings.txt\n",
    ]]
  ) {
    const { ctx, azure, kedroAzureml } = makeWorld();
    const ignoreFile = new TextDecoder().decode(ctx.files.get("/home/user/tiny/.amlignore"));
    ctx.files.set("/home/user/tiny/src/settings.txt", new TextEncoder().encode(TOKEN));
    ctx.files.set("/home/user/tiny/.amlignore", new TextEncoder().encode(ignoreFile + ignored));
    equal(await kedroAzureml(line!), 0, ctx.stderr());
    equal(azure.resources("jobs").length, 1);
  }
});

const PARAMETERS = [
  "--params",
  '{"api_keys": ["hunter2"], "db": {"passwords": {"prod": "hunter2"}}, "max_tokens": [7]}',
];

for (const json of [[], ["--json"]]) {
  Deno.test(`${["submit --dry-run", ...json].join(" ")} masks all parameters below a secret name`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(["submit", "main", "--dry-run", ...json, ...PARAMETERS]), 0, ctx.stderr());
    doesNotMatch(ctx.stdout() + ctx.stderr(), /hunter2/);
    match(ctx.stdout(), json.length === 0 ? /max_tokens=\[7\]/ : /\\"max_tokens\\": \[7\]/);
  });
}

Deno.test("submit sends parameters with secrets unchanged", async () => {
  const { ctx, azure, kedroAzureml } = makeWorld();
  equal(await kedroAzureml(["submit", "main", ...PARAMETERS]), 0, ctx.stderr());
  const sent = JSON.stringify(azure.resources("components/versions"));
  match(sent, /\\"api_keys\\": \[\\"hunter2\\"\]/);
  match(sent, /\\"prod\\": \\"hunter2\\"/);
});
