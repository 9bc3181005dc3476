import { doesNotMatch } from "node:assert/strict";
import { run } from "../../../src/cli/command_line.ts";
import { makeWorld, type WorldOptions } from "../world.ts";
import type { FaultKind } from "../../fakes/emulator/faults.ts";
import { assertTranscript, transcriptOf, withoutDurations } from "../transcript.ts";

function nodeError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function unresolved(pattern: RegExp) {
  return async (host: string) => {
    if (pattern.test(host)) throw nodeError("ENOTFOUND", `getaddrinfo ENOTFOUND ${host}`);
    return ["10.1.2.3"];
  };
}

const CORPORATE = {
  subject: "login.microsoftonline.com",
  issuer: "Contoso Inspection CA",
  validTo: new Date("2027-01-01T00:00:00Z"),
};

const REFUSED_BY_FIREWALL: FaultKind = {
  kind: "refuse",
  status: 403,
  code: "AuthorizationFailure",
  message: "This request is not authorized to perform this operation.",
};

/** Output of `az cloud show`, shortened. */
const CONTOSO = JSON.stringify({
  name: "Contoso",
  endpoints: {
    activeDirectory: "https://login.contoso.test",
    activeDirectoryResourceId: "https://management.core.contoso.test",
    resourceManager: "https://management.contoso.test",
  },
  suffixes: { storageEndpoint: "core.contoso.test" },
});

const PROXY = { HTTPS_PROXY: "http://ada:s3cret-pw@proxy.corp:3128" };

/** A command line, and the options of the world in which it runs. */
const cases: readonly {
  name: string;
  line: string;
  world?: WorldOptions;
  clockMs?: number;
  proxied?: true;
}[] = [
  { name: "prints each check", line: "doctor" },
  { name: "--json prints each check", line: "doctor --json" },
  { name: "outside a project skips checks", line: "doctor", world: { cwd: "/home/user" } },
  { name: "reports an unknown workspace", line: "doctor -w stagin" },
  {
    name: "reports a host without a DNS entry",
    line: "doctor",
    world: { probe: { addresses: unresolved(/management/) } },
  },
  {
    name: "reports a silent firewall",
    line: "doctor",
    world: {
      probe: {
        connect: async (host) => {
          if (host.includes(".blob.")) throw nodeError("ETIMEDOUT", "No answer within 5 s");
        },
      },
    },
  },
  {
    name: "reports an intercepting proxy",
    line: "doctor",
    world: {
      fetch: () =>
        Promise.reject(new TypeError("client error (Connect): invalid peer certificate: UnknownIssuer")),
      probe: { certificates: async () => [CORPORATE] },
    },
  },
  { name: "checks hosts through a proxy", line: "doctor", proxied: true },
  {
    name: "reports a proxy with Kerberos",
    line: "doctor",
    proxied: true,
    world: { probe: { tunnel: async () => ({ status: 407, schemes: ["Negotiate", "NTLM"] }) } },
  },
  {
    name: "reports a wrong password of the proxy",
    line: "doctor",
    proxied: true,
    world: { probe: { tunnel: async () => ({ status: 407, schemes: ["Basic"] }) } },
  },
  {
    name: "reports a host blocked by the proxy",
    line: "doctor",
    proxied: true,
    world: {
      probe: { tunnel: async (_, host) => ({ status: host.includes("azureml") ? 403 : 200, schemes: [] }) },
    },
  },
  {
    name: "reports an unreachable proxy",
    line: "doctor",
    proxied: true,
    world: {
      probe: {
        tunnel: () => Promise.reject(nodeError("ECONNREFUSED", "connect ECONNREFUSED 10.0.0.9:3128")),
      },
    },
  },
  {
    name: "reports a server that is no HTTP proxy",
    line: "doctor",
    proxied: true,
    world: { probe: { tunnel: async () => ({ status: 0, schemes: [] }) } },
  },
  { name: "reports a missing cloud file", line: "doctor --cloud-file /clouds/none.json" },
  {
    name: "reports a wrong client secret",
    line: "doctor",
    world: { emulator: { seed: { secret: "another" } } },
  },
  {
    name: "reports a missing role for the workspace",
    line: "doctor",
    world: { emulator: { deniedActions: ["Microsoft.MachineLearningServices/workspaces/read"] } },
  },
  {
    name: "warns about a missing role for blobs",
    line: "doctor",
    world: {
      emulator: { deniedActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"] },
    },
  },
  {
    name: "reports a firewall of the storage",
    line: "doctor",
    world: {
      probe: { addresses: async (host) => [host.includes(".blob.") ? "20.60.1.2" : "10.0.0.4"] },
      emulator: { faults: [{ url: /\.blob\..*comp=list/, happens: REFUSED_BY_FIREWALL }] },
    },
  },
  {
    name: "accepts a private endpoint with a private address",
    line: "doctor",
    world: { emulator: { isPrivate: true } },
  },
  {
    name: "reports a private endpoint with a public address",
    line: "doctor",
    world: {
      emulator: { isPrivate: true },
      probe: { addresses: async (host) => [host.includes("workspace.eastus") ? "20.42.0.7" : "10.0.0.4"] },
    },
  },
  {
    name: "`submit` uploads through a private endpoint",
    line: "submit -j main --wait-for-completion --verbose",
    world: { emulator: { isPrivate: true } },
  },
  { name: "reports a wrong clock", line: "doctor", clockMs: 3 * 3_600_000 },
  { name: "--endpoints prints the hosts to allow", line: "doctor --endpoints" },
  { name: "--endpoints names the proxy", line: "doctor --endpoints", proxied: true },
  {
    name: "--endpoints in CI prints the hosts of another cloud",
    line: "doctor --endpoints",
    world: {
      cwd: "/home/user",
      env: {
        AZUREML_CURRENT_CLOUD: "AzureUSGovernment",
        ACTIONS_ID_TOKEN_REQUEST_URL: "https://pipelines.actions.githubusercontent.com/x?api-version=2",
        AZURE_TOKEN_CREDENTIALS: "prod",
      },
    },
  },
  {
    name: "--endpoints prints the hosts of Azure in China",
    line: "doctor --endpoints",
    world: { env: { AZUREML_CURRENT_CLOUD: "AzureChinaCloud" } },
  },
  {
    name: "--endpoints prints the hosts in a cloud file",
    line: "doctor --endpoints --cloud-file /clouds/contoso.json",
    world: { files: { "/clouds/contoso.json": CONTOSO } },
  },
  { name: "--endpoints --json prints hosts and ports", line: "doctor --endpoints --json" },
];

for (const { name, line, world, clockMs = 0, proxied } of cases) {
  Deno.test(`doctor ${name}`, async (t) => {
    const made = makeWorld(world);
    const { ctx } = proxied
      ? makeWorld({ ...world, env: { ...made.ctx.env as Record<string, string>, ...PROXY } })
      : made;
    const clock = { ...ctx.clock, now: () => new Date(ctx.clock.now().getTime() + clockMs) };
    const kedroAzureml = (typed: string | readonly string[]) =>
      run(String(typed).split(" "), { ...ctx, clock });
    const text = await transcriptOf({ ctx, kedroAzureml }, [line], { isWhole: name === "prints each check" });
    doesNotMatch(text, /s3cret-pw|golden-secret/);
    await assertTranscript(t, withoutDurations(text), import.meta.url);
  });
}
