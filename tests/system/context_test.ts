import { deepStrictEqual, rejects } from "node:assert/strict";
import { systemClock, windowsVariables } from "../../src/system/context.ts";

const MODULE = new URL("../../src/system/context.ts", import.meta.url).href;

Deno.test("windowsVariables() finds variables in any case", () => {
  deepStrictEqual(windowsVariables({ Kedro_Env: "prod", Path: "C:\\a", HOME: "C:\\b" }), {
    KEDRO_ENV: "prod",
    Kedro_Env: "prod",
    PATH: "C:\\a",
    Path: "C:\\a",
    HOME: "C:\\b",
  });
});

Deno.test("systemClock.sleep() stops when aborted", async () => {
  await rejects(systemClock.sleep(3_600_000, AbortSignal.abort(new Error("before"))), /before/);
  const stop = new AbortController();
  const slept = systemClock.sleep(3_600_000, stop.signal);
  stop.abort(new Error("meanwhile"));
  await rejects(slept, /meanwhile/);
});

Deno.test(
  "systemContext() reads HOME, PWD and HTTPS_PROXY",
  { ignore: Deno.build.os === "windows" },
  async () => {
    const variables = { HOME: "/home/ada", USERPROFILE: "/other", PWD: "/gone", HTTPS_PROXY: "ftp://proxy" };
    const code = `const { systemContext } = await import(${JSON.stringify(MODULE)});
    for (const [name, value] of Object.entries(${JSON.stringify(variables)})) Deno.env.set(name, value);
    const folder = Deno.makeTempDirSync();
    Deno.chdir(folder);
    Deno.removeSync(folder);
    const { cwd, home, fetch } = systemContext();
    const failure = await fetch(new Request("https://a.test")).catch(({ code }) => code);
    console.log(JSON.stringify([cwd, home, failure]));
    Deno.exit();`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
    deepStrictEqual(JSON.parse(new TextDecoder().decode(stdout)), [
      "/gone",
      "/home/ada",
      "network.proxy_address",
    ]);
  },
);
