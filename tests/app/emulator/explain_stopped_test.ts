import { deepEqual, rejects } from "node:assert/strict";
import { withEmulatorCheck } from "../../../src/app/emulator/running.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

const ORIGIN = "https://127.0.0.1:4711";
const LOST = new TypeError("error sending request: client error (Connect): tcp connect error");
const NO_FILE = new UserError("No such file", { code: "network.ca_file" });

for (
  const [what, { thrown = LOST, url = `${ORIGIN}/subscriptions`, isServed = false, env = {} }, isGone] of [
    ["a request to a stopped emulator", {}, true],
    ["a request without the emulator's certificate file", { thrown: NO_FILE, isServed: true }, true],
    ["a cut request to a running emulator", { isServed: true }, false],
    ["a request to another host", { url: "https://management.azure.com/" }, false],
    ["an internal error during a request", { thrown: new RangeError("a defect") }, false],
    [
      "a missing certificate file without an emulator",
      { thrown: NO_FILE, env: { KEDRO_AZUREML_EMULATOR: "" } },
      false,
    ],
  ] as const
) {
  Deno.test(`${what} ${isGone ? "fails with emulator.gone" : "keeps its error"}`, async () => {
    const tried: unknown[] = [];
    const connect = async (host: string, port: number) => {
      tried.push([host, port]);
      if (!isServed) throw new Error("refused");
    };
    const ctx = fakeContext({
      env: { KEDRO_AZUREML_EMULATOR: ORIGIN, ...env },
      fetch: () => Promise.reject(thrown),
      probe: { connect },
    });
    const failing = withEmulatorCheck(ctx).fetch(new Request(url));
    if (!isGone) return await rejects(failing, (error) => error === thrown);
    await rejects(failing, {
      code: "emulator.gone",
      exit: 6,
      message: `The emulator at ${ORIGIN} is no longer running, but this shell's variables refer to it`,
      hint:
        'To go back to Azure, open a new shell; to use a new emulator, run `kedro-azureml emulator start` and `eval "$(kedro-azureml emulator env)"`',
    });
    deepEqual(tried, thrown === LOST ? [["127.0.0.1", 4711]] : []);
  });
}
