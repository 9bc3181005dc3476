import { deepEqual, equal, match } from "node:assert/strict";
import { openBrowser } from "../../../src/credentials/sign_in/open_browser.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";

const URL_ = "https://login.example/?a=b&c";

/** Opens the page on a machine where only `works` opens it, and returns what was tried. */
async function tried(options: FakeOptions, works?: string) {
  const programs: string[] = [];
  const ctx = fakeContext({
    ...options,
    exec: async (program, args, options) => {
      equal(args.at(-1), URL_);
      equal(options?.env?.AZURE_CLIENT_SECRET, undefined);
      deepEqual([options?.detached, options?.clearEnv], [true, true]);
      programs.push(program);
      const found = works !== undefined;
      return { status: program === works ? 0 : 3, stdout: "", stderr: "", found, timedOut: false };
    },
  });
  // Nothing keeps running here.
  const clock = { ...ctx.clock, sleep: () => new Promise<void>(() => {}) };
  return { problem: await openBrowser({ ...ctx, clock }, URL_), programs };
}

const SECRET = { AZURE_CLIENT_SECRET: "s" };

for (
  const [what, options, programs] of [
    ["Windows", { platform: "windows" }, ["rundll32.exe"]],
    ["macOS", { platform: "darwin" }, ["open"]],
    ["Linux", { platform: "linux" }, ["xdg-open", "x-www-browser"]],
    ["WSL", { platform: "linux", env: { WSL_DISTRO_NAME: "Ubuntu" } }, [
      "wslview",
      "rundll32.exe",
      "xdg-open",
      "x-www-browser",
    ]],
  ] as const
) {
  Deno.test(`openBrowser() on ${what} tries ${programs.join(", ")}`, async () => {
    const machine = { ...options, env: { ...SECRET, ..."env" in options ? options.env : {} } };
    const none = await tried(machine, "none of them");
    deepEqual(none.programs, programs);
    match(none.problem!, new RegExp(programs.at(-1)!));
    for (const [at, program] of programs.entries()) {
      deepEqual(await tried(machine, program), { problem: undefined, programs: programs.slice(0, at + 1) });
    }
  });
}

Deno.test("openBrowser() succeeds if the program that opens the page keeps running", async () => {
  const ctx = fakeContext({ platform: "linux", exec: () => new Promise(() => {}) });
  equal(await openBrowser(ctx, URL_), undefined);
});
