import { deepEqual, equal, match } from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Creates a world with two schedules, and a function that returns the requests of a command. */
async function withSchedules() {
  const { ctx, azure, kedroAzureml } = makeWorld({ project: "cronflow" });
  equal(await kedroAzureml("schedule -j multi"), 0, ctx.stderr());
  return async (line: string) => {
    const before = azure.requests.length;
    equal(await kedroAzureml(line), 0, ctx.stderr());
    return azure.requests.slice(before).map(({ method, url }) => {
      const { pathname, searchParams } = new URL(url);
      return { method, path: pathname.replace(/^.*\/workspaces\/[^/]+\/?/, ""), query: searchParams };
    });
  };
}

Deno.test("schedule --delete disables a schedule first", async () => {
  const requestsOf = await withSchedules();
  await requestsOf("schedule pause multi-1");
  const requests = await requestsOf("schedule --delete -j multi");
  const methodsFor = (name: string) =>
    requests.filter(({ path }) => path === `schedules/${name}`).map(({ method }) => method);
  deepEqual(methodsFor("multi-1"), ["GET", "DELETE"]);
  deepEqual(methodsFor("multi-nightly"), ["GET", "PUT", "DELETE"]);
});

Deno.test("schedule trigger names the started job if its result cannot be written", async () => {
  const { ctx, kedroAzureml } = makeWorld({ project: "cronflow" });
  equal(await kedroAzureml("schedule -j multi"), 0, ctx.stderr());
  Object.assign(ctx.terminal, {
    out() {
      throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
    },
  });
  equal(await kedroAzureml("schedule trigger multi-1"), 3);
  match(ctx.stderr(), /Job "(\S+)" was submitted and is running\nhint: Run `kedro-azureml job show \1`/);
});
