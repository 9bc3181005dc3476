import { deepEqual, equal } from "node:assert/strict";
import { EMULATOR_VARIABLES, useEmulator } from "../../../src/app/emulator/use.ts";
import { ORIGIN_WITHIN_COMMAND } from "../../../src/core/emulator_page.ts";
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

Deno.test("useEmulator() leads a command to the running emulator and its identity only", async () => {
  const served = { KEDRO_AZUREML_EMULATOR: "https://127.0.0.1:4711", AZURE_CLIENT_SECRET: "hush" };
  const record = { origin: "https://127.0.0.1:4711", caFile: "/ca.pem", env: served };
  const ctx = fakeContext({
    env: ENV,
    files: {
      "/ca.pem": "",
      "/home/user/.local/state/kedro-azureml/emulator/running.json": JSON.stringify(record),
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

Deno.test("useEmulator() gives a command an emulator of its own, without a certificate, if none runs", async () => {
  const ctx = fakeContext({ env: ENV });
  const { env, fetch, openNetwork } = await useEmulator(ctx, {}, {});
  const { SSL_CERT_FILE, REQUESTS_CA_BUNDLE, LANG, ...others } = env;
  deepEqual([SSL_CERT_FILE, REQUESTS_CA_BUNDLE, LANG], [undefined, undefined, "C"]);
  deepEqual(
    Object.keys(others).toSorted(),
    [...EMULATOR_VARIABLES, "AZURE_TOKEN_CREDENTIALS"]
      .filter((name) => !["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"].includes(name)).toSorted(),
  );
  equal(env.KEDRO_AZUREML_EMULATOR, ORIGIN_WITHIN_COMMAND);
  equal(openNetwork(env).fetch, fetch);
  const answer = await fetch(new Request(env.ARM_CLOUD_METADATA_URL!));
  equal(answer.status, 200);
});
