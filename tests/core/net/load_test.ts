import { deepStrictEqual as assertEquals, match, rejects, strictEqual } from "node:assert/strict";
import { type Cloud, CLOUDS, loadCloud } from "../../../src/core/net/clouds.ts";
import type { UserError } from "../../../src/core/errors.ts";

import { fakeContext } from "../../fakes/context.ts";

const METADATA = "https://management.contoso.test/metadata/endpoints?api-version=2019-05-01";

/** Azure's answer, shortened. */
const CONTOSO = {
  name: "Contoso",
  portal: "https://portal.azure.contoso.test/",
  resourceManager: "https://management.contoso.test/",
  authentication: {
    loginEndpoint: "https://login.contoso.test/",
    audiences: ["https://management.core.contoso.test/", "https://management.contoso.test/"],
  },
  suffixes: { storage: "core.contoso.test" },
};
const OTHER = { ...CONTOSO, name: "Other", resourceManager: "https://management.other.test/" };

function load(env: Record<string, string>, answer?: unknown, status = 200): Promise<Cloud> {
  const fetch = answer === undefined
    ? () => Promise.reject(new TypeError("fetch failed"))
    : async () => new Response(typeof answer === "string" ? answer : JSON.stringify(answer), { status });
  return loadCloud(fakeContext({ env, fetch }));
}

Deno.test("loadCloud() returns the public cloud by default", async () => {
  assertEquals(await load({}), CLOUDS.AzureCloud);
  assertEquals(await load({ AZUREML_CURRENT_CLOUD: "" }), CLOUDS.AzureCloud);
});

Deno.test("loadCloud() returns the Azure ML addresses of each cloud", async () => {
  const found = await Promise.all(
    Object.keys(CLOUDS).map(async (name) => {
      const { studio, mlApiSuffix, storageSuffix, storageScope, isKnownAuthority } = await load({
        AZUREML_CURRENT_CLOUD: name,
      });
      return [studio, mlApiSuffix, storageSuffix, storageScope, isKnownAuthority];
    }),
  );
  const storage = "https://storage.azure.com/.default";
  assertEquals(found, [
    ["https://ml.azure.com", "api.azureml.ms", "core.windows.net", storage, true],
    ["https://ml.azure.us", "api.ml.azure.us", "core.usgovcloudapi.net", storage, true],
    ["https://studio.ml.azure.cn", "api.ml.azure.cn", "core.chinacloudapi.cn", storage, true],
  ]);
});

const CONTOSO_CLOUD: Cloud = {
  name: "Contoso",
  authority: "https://login.contoso.test",
  isKnownAuthority: false,
  resourceManager: "https://management.contoso.test",
  resourceManagerScope: "https://management.contoso.test/.default",
  mlScope: "https://ml.azure.contoso.test/.default",
  storageSuffix: "core.contoso.test",
  storageScope: "https://storage.azure.com/.default",
  mlApiSuffix: undefined,
  studio: "https://ml.azure.contoso.test",
};

for (
  const [kind, url, answer] of [
    ["one object", METADATA, CONTOSO],
    ["a list", METADATA, [OTHER, { ...OTHER, resourceManager: "nonsense" }, CONTOSO]],
    ["one cloud at another address", "https://elsewhere.test/", [CONTOSO]],
  ] as const
) {
  Deno.test(`loadCloud() reads metadata of ${kind}`, async () => {
    assertEquals(await load({ ARM_CLOUD_METADATA_URL: url }, answer), CONTOSO_CLOUD);
  });
}

Deno.test("AZUREML_CURRENT_CLOUD selects a cloud", async () => {
  const env = { ARM_CLOUD_METADATA_URL: METADATA, AZUREML_CURRENT_CLOUD: "Other" };
  strictEqual((await load(env, [CONTOSO, OTHER])).resourceManager, "https://management.other.test");
});

Deno.test("AZURE_AUTHORITY_HOST replaces the authority of a cloud", async () => {
  for (const host of ["https://login.contoso.test/", "login.contoso.test"]) {
    const cloud = await load({ AZURE_AUTHORITY_HOST: host });
    assertEquals([cloud.authority, cloud.isKnownAuthority], ["https://login.contoso.test", false]);
  }
  strictEqual((await load({ AZURE_AUTHORITY_HOST: "" })).authority, "https://login.microsoftonline.com");
  const government = await load({ AZURE_AUTHORITY_HOST: "https://login.microsoftonline.us" });
  strictEqual(government.isKnownAuthority, true);
});

const FROM_METADATA = { ARM_CLOUD_METADATA_URL: METADATA };

for (
  const [kind, env, answer, code, says, exit = 3, status = 200] of [
    ["an unknown cloud", { AZUREML_CURRENT_CLOUD: "AzureGov" }, [], "cloud.unknown", "AzureUSGovernment"],
    [
      "several clouds, none of them at the metadata's address",
      { ARM_CLOUD_METADATA_URL: "https://elsewhere.test/" },
      [CONTOSO, OTHER],
      "cloud.not_chosen",
      "Contoso, Other",
    ],
    [
      "metadata other than JSON",
      FROM_METADATA,
      "<html>",
      "cloud.metadata",
      "management.contoso.test answered with something that is not JSON",
    ],
    [
      "metadata with status 404",
      FROM_METADATA,
      CONTOSO,
      "cloud.metadata",
      "answered with status 404",
      6,
      404,
    ],
    [
      "metadata without an authority",
      FROM_METADATA,
      { ...CONTOSO, authentication: {} },
      "cloud.metadata",
      "loginEndpoint",
    ],
    [
      "an invalid metadata URL",
      { ARM_CLOUD_METADATA_URL: "contoso" },
      [],
      "cloud.address",
      "ARM_CLOUD_METADATA_URL",
    ],
    [
      "an unreachable metadata URL",
      FROM_METADATA,
      undefined,
      "network.unreachable",
      "management.contoso.test",
      6,
    ],
  ] as const
) {
  Deno.test(`loadCloud() rejects ${kind}`, async () => {
    await rejects(load(env, answer, status), (error: UserError) => {
      assertEquals([error.code, error.exit], [code, exit]);
      strictEqual(`${error.message} ${error.hint}`.includes(says), true, `${error.message} ${error.hint}`);
      return true;
    });
  });
}

Deno.test("loadCloud() accepts HTTP for this machine", async () => {
  const authorityOf = async (host: string) => (await load({ AZURE_AUTHORITY_HOST: host })).authority;
  for (const host of ["http://localhost:8", "http://127.0.0.1:8", "http://[::1]:8"]) {
    strictEqual(await authorityOf(host), host);
  }
  for (const host of ["http://127.0.0.1.example", "http://a.localhost.example", "http://10.0.0.1"]) {
    await rejects(authorityOf(host), { code: "cloud.address", message: /would send tokens unencrypted/ });
  }
  await rejects(authorityOf("https://"), { code: "cloud.address", message: /is not a URL/ });
});

Deno.test("loadCloud() adds a key to links of the emulator", async () => {
  const keyOf = async (env: Record<string, string>) => (await load(env)).newStudioKey?.();
  const [emulator, identity] = [{ KEDRO_AZUREML_EMULATOR: "1" }, { AZURE_CLIENT_SECRET: "hush" }];
  match((await keyOf({ ...emulator, ...identity }))!, /^[0-9a-z]{28}$/);
  assertEquals([await keyOf(emulator), await keyOf(identity)], [undefined, undefined]);
});

const CLI = new URL("../../golden/azure_cli/", import.meta.url);

for (const name of Object.keys(CLOUDS)) {
  Deno.test(`loadCloud() reads az cloud show --name ${name}`, async () => {
    const text = Deno.readTextFileSync(new URL(`cloud_${name}.json`, CLI));
    const cloud = await loadCloud(
      fakeContext({ env: { KEDRO_AZUREML_CLOUD_FILE: "/c.json" }, files: { "/c.json": text } }),
    );
    const { resourceManagerScope: _, ...rest } = CLOUDS[name]!;
    const { resourceManagerScope: asCli, ...found } = cloud;
    assertEquals(found, rest);
    // Azure CLI requests the older of Resource Manager's two audiences; clouds accept both.
    const { activeDirectoryResourceId } = JSON.parse(text).endpoints;
    strictEqual(asCli, `${activeDirectoryResourceId.replace(/\/$/, "")}/.default`);
  });
}

function fromFile(value: unknown, env: Record<string, string> = {}): Promise<Cloud> {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return loadCloud(
    fakeContext({ env: { KEDRO_AZUREML_CLOUD_FILE: "/c.json", ...env }, files: { "/c.json": text } }),
  );
}

Deno.test("loadCloud() reads files of `az cloud register`", async () => {
  const expected = await load({ ARM_CLOUD_METADATA_URL: METADATA }, CONTOSO);
  assertEquals(await fromFile(CONTOSO), expected);
  assertEquals(await fromFile([OTHER, CONTOSO], { AZUREML_CURRENT_CLOUD: "Contoso" }), expected);
  const flat = {
    name: "Contoso",
    portal: "https://portal.azure.contoso.test/",
    endpointActiveDirectory: "https://login.contoso.test/",
    endpointResourceManager: "https://management.contoso.test/",
    endpointActiveDirectoryResourceId: "https://management.contoso.test/",
    suffixStorageEndpoint: ".core.contoso.test",
  };
  assertEquals(await fromFile(flat), expected);
  const audience = "https://audience.contoso.test/";
  const { resourceManagerScope } = await fromFile({ ...flat, endpointActiveDirectoryResourceId: audience });
  strictEqual(resourceManagerScope, "https://audience.contoso.test/.default");
  const { authentication } = CONTOSO;
  const several = {
    ...CONTOSO,
    authentication: { ...authentication, audiences: [audience, "https://b.test/"] },
  };
  strictEqual((await fromFile(several)).resourceManagerScope, "https://audience.contoso.test/.default");
  const azureml = {
    audience: "https://ml.x.test/",
    studio: "https://studio.x.test",
    apiSuffix: ".api.x.test",
  };
  assertEquals(await fromFile({ ...CONTOSO, azureml }, { AZURE_AUTHORITY_HOST: "login.x.test" }), {
    ...expected,
    authority: "https://login.x.test",
    mlScope: "https://ml.x.test/.default",
    studio: "https://studio.x.test",
    mlApiSuffix: "api.x.test",
  });
});

/** Files that describe no cloud. */
const NO_CLOUDS: Readonly<Record<string, unknown>> = {
  "text other than JSON": "name: Contoso",
  "an empty list": [],
  "no Entra ID endpoint": { endpoints: { resourceManager: "https://m.test" } },
};

for (const [kind, value] of Object.entries(NO_CLOUDS)) {
  Deno.test(`loadCloud() rejects a cloud file with ${kind}`, async () => {
    await rejects(fromFile(value), { code: "cloud.file", exit: 3 });
  });
}

Deno.test("loadCloud() rejects a cloud file with an invalid address", async () => {
  await rejects(loadCloud(fakeContext({ env: { KEDRO_AZUREML_CLOUD_FILE: "/none" } })), {
    code: "cloud.file",
    message: 'Cannot read the cloud file "/none": file not found',
  });
  const { fs, ...ctx } = fakeContext({ env: { KEDRO_AZUREML_CLOUD_FILE: "/c.json" } });
  const readText = () => Promise.reject(new Deno.errors.PermissionDenied());
  await rejects(loadCloud({ ...ctx, fs: { ...fs, readText } }), {
    code: "cloud.file",
    message: 'Cannot read the cloud file "/c.json": the file cannot be read',
  });
  await rejects(fromFile([OTHER, CONTOSO]), {
    code: "cloud.not_chosen",
    message: "Cannot choose a cloud: /c.json lists 2 clouds",
    hint: "Set AZUREML_CURRENT_CLOUD to one of Other, Contoso",
    data: { clouds: ["Other", "Contoso"] },
  });
  await rejects(fromFile([OTHER, CONTOSO], { AZUREML_CURRENT_CLOUD: "x" }), {
    code: "cloud.unknown",
    message: 'Unknown cloud "x"',
    data: { clouds: [...Object.keys(CLOUDS), "Other", "Contoso"] },
  });
  await rejects(fromFile({ ...CONTOSO, resourceManager: "nowhere" }), {
    code: "cloud.address",
    message: 'The address in "/c.json" is not a URL: "nowhere"',
  });
});

Deno.test("loadCloud() reads more hosts from a cloud file", async () => {
  const hostsOf = async (hosts: unknown) => {
    const file = JSON.stringify({ ...CONTOSO, azureml: { hosts } });
    const ctx = fakeContext({ env: { KEDRO_AZUREML_CLOUD_FILE: "/c.json" }, files: { "/c.json": file } });
    return (await loadCloud(ctx)).hosts;
  };
  assertEquals(await hostsOf(["a.test"]), ["a.test"]);
  assertEquals(await hostsOf(["a.test", "b.test"]), ["a.test", "b.test"]);
  for (const hosts of ["a.test", [7], { a: "b" }]) await rejects(hostsOf(hosts), { code: "cloud.file" });
});
