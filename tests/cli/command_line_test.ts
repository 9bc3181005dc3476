import assert from "node:assert/strict";
import { run } from "../../src/cli/command_line.ts";
import { shownTerminal } from "../../src/cli/terminal/terminal_flags.ts";
import { fakeContext } from "../fakes/context.ts";
import { makeWorld } from "./world.ts";

Deno.test("output escapes CI commands in foreign text", () => {
  const ctx = fakeContext();
  const terminal = shownTerminal(ctx.terminal);
  terminal.out("a\n::warning::b\n");
  terminal.err("##vso[task.complete]\x1b[2J\n");
  terminal.command("::warning file=a::b\n::error::c ##vso[task.complete]");
  terminal.command("##vso[task.logissue type=error;]x ##[error]y\x1b[2J");
  assert.equal(ctx.stdout(), "a\n: :warning::b\n");
  assert.equal(
    ctx.stderr(),
    "# #vso[task.complete]\ufffd[2J\n" +
      "::warning file=a::b : :error::c # #vso[task.complete]\n" +
      "##vso[task.logissue type=error;]x # #[error]y\ufffd[2J\n",
  );
});

Deno.test("job follow exits 1 if any of its jobs failed", async () => {
  const { ctx, kedroAzureml } = makeWorld({
    emulator: { outcome: { failingSteps: { count: "It broke" } }, pace: { stepMs: 600_000 } },
  });
  assert.equal(await kedroAzureml("submit main --name fox --wait"), 1, ctx.stderr());
  assert.equal(await kedroAzureml("submit one --name owl"), 0, ctx.stderr());
  const before = ctx.stdout().length;
  assert.equal(await kedroAzureml("job follow fox owl"), 1, ctx.stderr());
  const ends = ctx.stdout().slice(before).split("\n").map((line) => line.split(" after")[0]);
  assert.deepEqual(ends, ["✗ Job main (fox): Failed", "✓ Job one (owl): Completed", ""]);
});

Deno.test("an error clears progress from the terminal", async () => {
  const { ctx } = makeWorld({
    interactive: true,
    emulator: {
      faults: [{
        method: "PUT",
        url: /\/components\//,
        after: 1,
        times: 9,
        happens: { kind: "status", status: 400 },
      }],
    },
  });
  const pinned = new Set<string>();
  const [shown, left]: [string[], string[][]] = [[], []];
  const terminal: typeof ctx.terminal = {
    ...ctx.terminal,
    async pin(name, frame) {
      if (frame === undefined) return void pinned.delete(name);
      pinned.add(name);
      shown.push(name);
    },
    err(text) {
      if (text.startsWith("error: ")) left.push([...pinned]);
      ctx.terminal.err(text);
    },
  };
  assert.equal(await run(["submit", "main"], { ...ctx, terminal }), 5, ctx.stderr());
  assert.deepEqual([shown.includes("count"), left], [true, [[]]]);
});

for (const line of ["job show fox", "job list", "schedule list"]) {
  Deno.test(`${line} --emulator needs a running emulator`, async () => {
    const { ctx, kedroAzureml } = makeWorld({ env: {} });
    assert.equal(await kedroAzureml(`${line} --emulator`), 2);
    assert.equal(
      ctx.stderr(),
      "error: No emulator is running for this project\nhint: Run `kedro-azureml emulator start`\n",
    );
  });
}

Deno.test("--json after -- is not an option", async () => {
  const isJson = async (...argv: readonly string[]) => {
    const ctx = fakeContext();
    await run(argv, ctx);
    return ctx.stderr().startsWith("{");
  };
  assert.deepEqual(
    [await isJson("jbo", "--json"), await isJson("jbo", "--", "--json"), await isJson("--", "--json")],
    [true, false, false],
  );
});

for (const [signal, exit] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`a command that fails after ${signal} exits ${exit}`, async () => {
    const { ctx } = makeWorld();
    const fetch = () => Promise.reject(new TypeError("error sending request"));
    const stopped = { ...ctx, fetch, signal: AbortSignal.abort(signal) };
    assert.equal(await run(["job", "list"], stopped), exit);
    assert.match(ctx.stderr(), /^error: (?:Interrupted|Terminated)/);
  });
}

Deno.test("an internal error masks secrets of environment variables", async () => {
  const secret = [
    ...["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"],
    ...["SYSTEM_ACCESSTOKEN", "IDENTITY_HEADER", "MSI_SECRET", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"],
  ];
  const env = Object.fromEntries(secret.map((name) => [name, `s3cret-${name}`]));
  const { ctx } = makeWorld({ env });
  const shown = Object.values(env).join(" ");
  const fs = { ...ctx.fs, readText: () => Promise.reject(new Error(`no ${shown}`)) };
  assert.equal(await run(["config", "show", "--json"], { ...ctx, fs }), 70);
  const { error: { stack, ...error } } = JSON.parse(ctx.stderr().trimEnd().split("\n").at(-1)!);
  assert.deepEqual(error, { code: "bug", message: `no ${secret.map(() => "***").join(" ")}`, exit: 70 });
  assert.match(stack, /^Error: no \*\*\*.*\n +at /);
});

Deno.test("-ns is --namespaces, and -lv is --load-versions", async () => {
  const { ctx, kedroAzureml } = makeWorld();
  for (const [flag, option] of [["-ns", "--namespaces"], ["-lv", "--load-versions"]] as const) {
    const printed: string[] = [];
    for (const word of [flag, option]) {
      const before = ctx.stderr().length + ctx.stdout().length;
      const exit = await kedroAzureml(["compile", word, "other", "--json"]);
      printed.push(`${exit} ${(ctx.stdout() + ctx.stderr()).slice(before)}`);
    }
    assert.equal(printed[0], printed[1]);
    assert.doesNotMatch(printed[0]!, /nknown option/);
  }
});
