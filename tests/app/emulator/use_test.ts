import { deepEqual, equal } from "node:assert/strict";
import { useEmulator } from "../../../src/app/emulator/use.ts";
import { textHash } from "../../../src/core/encoding.ts";
import { fakeContext } from "../../fakes/context.ts";

/** Variables that lead elsewhere, and others. */
const ENV = {
  AZURE_CLIENT_CERTIFICATE_PATH: "/cert.pem",
  AZURE_FEDERATED_TOKEN_FILE: "/token",
  AZUREML_CURRENT_CLOUD: "AzureChinaCloud",
  KEDRO_AZUREML_CLOUD_FILE: "/cloud.json",
  AZURE_CLIENT_SECRET: "mine",
  LANG: "C",
};

Deno.test("--emulator uses only the emulator's identity", async () => {
  const served = { KEDRO_AZUREML_EMULATOR: "https://127.0.0.1:4711", AZURE_CLIENT_SECRET: "hush" };
  const record = {
    origin: "https://127.0.0.1:4711",
    pages: "http://127.0.0.1:4712",
    caFile: "/ca.pem",
    env: served,
    project: "/work",
  };
  const ctx = fakeContext({
    env: ENV,
    files: {
      "/ca.pem": "",
      [`/home/user/.local/state/kedro-azureml/emulator/running/${textHash("/work", 16)}/running.json`]: JSON
        .stringify(record),
    },
  });
  const opened: unknown[] = [];
  const network = { fetch: async () => new Response(""), probe: ctx.probe };
  const openNetwork = (env: unknown) => {
    opened.push(env);
    return network;
  };
  const used = await useEmulator({ ...ctx, openNetwork }, {}, {});
  deepEqual(used.env, { LANG: "C", ...served, AZURE_TOKEN_CREDENTIALS: "environment" });
  equal(used.fetch, network.fetch);
  deepEqual(opened.at(-1), used.env);
  const other = await useEmulator({ ...ctx, openNetwork }, {}, { credential: "azure-cli" });
  equal(other.env.AZURE_TOKEN_CREDENTIALS, "azure-cli");
});
