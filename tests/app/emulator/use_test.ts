import { deepEqual, equal } from "node:assert/strict";
import { useEmulator } from "../../../src/app/emulator/use.ts";
import { ORIGIN_WITHIN_COMMAND } from "../../../src/core/net/cloud_hosts.ts";
import { shortHash } from "../../../src/core/encoding.ts";
import { workspaceId } from "../../../src/config/types.ts";
import { type FakeContext, fakeContext } from "../../fakes/context.ts";
import { GOLDEN_WORKSPACE } from "../../fakes/seed.ts";
import { makeWorld } from "../../cli/world.ts";

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
      [`/home/user/.local/state/kedro-azureml/emulator/running/${shortHash("/work", 16)}/running.json`]: JSON
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

Deno.test("useEmulator() gives a command an emulator of its own, without a certificate, if none runs", async () => {
  const ctx = fakeContext({ env: ENV });
  const { env, fetch, openNetwork } = await useEmulator(ctx, {}, {});
  const { SSL_CERT_FILE, REQUESTS_CA_BUNDLE, LANG } = env;
  deepEqual([SSL_CERT_FILE, REQUESTS_CA_BUNDLE, LANG], [undefined, undefined, "C"]);
  equal(env.KEDRO_AZUREML_EMULATOR, ORIGIN_WITHIN_COMMAND);
  equal(openNetwork(env).fetch, fetch);
  const answer = await fetch(new Request(env.ARM_CLOUD_METADATA_URL!));
  equal(answer.status, 200);
  equal(env.AZURE_TOKEN_CREDENTIALS, "environment");
  const other = await useEmulator(ctx, {}, { credential: "azure-cli" });
  equal(other.env.AZURE_TOKEN_CREDENTIALS, "azure-cli");
});

Deno.test("useEmulator() gives a command an emulator with what azureml.yml names, and anything without a project", async () => {
  const statusOf = async (ctx: FakeContext, workspace: string) => {
    const { env, fetch } = await useEmulator(ctx, {}, {});
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: env.AZURE_CLIENT_ID!,
      client_secret: env.AZURE_CLIENT_SECRET!,
      scope: `${env.AZURE_AUTHORITY_HOST}/.default`,
    });
    const token = `${env.AZURE_AUTHORITY_HOST}/${env.AZURE_TENANT_ID}/oauth2/v2.0/token`;
    const { access_token } = await (await fetch(new Request(token, { method: "POST", body }))).json();
    const { subscription_id, resource_group, name } = { ...GOLDEN_WORKSPACE, name: workspace };
    const url = `${env.KEDRO_AZUREML_EMULATOR}${
      workspaceId({ subscription_id, resource_group, name })
    }?api-version=2024-04-01`;
    return (await fetch(new Request(url, { headers: { authorization: `Bearer ${access_token}` } }))).status;
  };
  const { ctx } = makeWorld();
  deepEqual([await statusOf(ctx, GOLDEN_WORKSPACE.name), await statusOf(ctx, "other")], [200, 404]);
  equal(await statusOf(fakeContext(), "other"), 200);
});
