import { deepEqual, equal, match } from "node:assert/strict";
import { noBrowserReason, openBrowser } from "../../src/core/browser.ts";
import { exited, fakeContext, type FakeOptions } from "../fakes/context.ts";

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
      return exited({ status: program === works ? 0 : 3, found });
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

const SSH = "this is an SSH session";
const COMPUTE = "this is Azure ML compute (MSI_ENDPOINT and MSI_SECRET are set)";
const NO_DISPLAY = "this machine has no display (DISPLAY and WAYLAND_DISPLAY are not set)";
const MSI = { MSI_ENDPOINT: "http://10.0.0.4", MSI_SECRET: "s" };

for (
  const [platform, env, reason] of [
    ["linux", {}, NO_DISPLAY],
    ["linux", { DISPLAY: "" }, NO_DISPLAY],
    ["linux", { DISPLAY: ":0" }, undefined],
    ["linux", { WAYLAND_DISPLAY: "wayland-0" }, undefined],
    ["linux", { WSL_DISTRO_NAME: "Ubuntu" }, undefined],
    ["windows", {}, undefined],
    ["darwin", {}, undefined],
    ["darwin", { SSH_CONNECTION: "10.0.0.1 22" }, SSH],
    ["linux", { DISPLAY: ":10", SSH_TTY: "/dev/pts/1" }, SSH],
    ["windows", { SSH_CLIENT: "10.0.0.1" }, SSH],
    ["linux", { ...MSI, DISPLAY: ":0" }, COMPUTE],
    ["linux", { MSI_ENDPOINT: MSI.MSI_ENDPOINT, DISPLAY: ":0" }, undefined],
    ["linux", { ...MSI, IDENTITY_ENDPOINT: "http://10.0.0.5", DISPLAY: ":0" }, undefined],
  ] as const
) {
  const variables = Object.entries(env).map((pair) => pair.join("=")).join(" ") || "no variables";
  Deno.test(`noBrowserReason() returns ${reason?.replace(/ \(.*/, "") ?? "undefined"} on ${platform} with ${variables}`, () =>
    equal(noBrowserReason({ platform, env }), reason));
}

Deno.test("openBrowser() does not wait for the browser to close", async () => {
  const ctx = fakeContext({ platform: "linux", exec: () => new Promise(() => {}) });
  equal(await openBrowser(ctx, "https://login.example"), undefined);
});
