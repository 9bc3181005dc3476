import { makeWorld, type WorldOptions } from "../world.ts";
import type { FaultKind } from "../../../src/emulator/world/options.ts";
import { assertTranscript } from "../assert_transcript.ts";

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

/** As `az cloud show` prints it, shortened. */
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

/** What a user types, and what is different in the world in which they type it. */
const cases: readonly {
  name: string;
  line: string;
  world?: WorldOptions;
  clockMs?: number;
  proxied?: true;
}[] = [
  { name: "nothing is wrong", line: "doctor" },
  { name: "nothing is wrong, as JSON", line: "doctor --json" },
  { name: "outside a project", line: "doctor", world: { cwd: "/home/user" } },
  { name: "a workspace that azureml.yml does not name", line: "doctor -w stagin" },
  { name: "no name of a host", line: "doctor", world: { probe: { addresses: unresolved(/management/) } } },
  {
    name: "a firewall that swallows packets",
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
    name: "a proxy that reads along with an authority of its own",
    line: "doctor",
    world: {
      fetch: () =>
        Promise.reject(new TypeError("client error (Connect): invalid peer certificate: UnknownIssuer")),
      probe: { certificates: async () => [CORPORATE] },
    },
  },
  { name: "through a proxy", line: "doctor", proxied: true },
  {
    name: "a proxy that wants to know who asks, and takes Kerberos only",
    line: "doctor",
    proxied: true,
    world: { probe: { tunnel: async () => ({ status: 407, schemes: ["Negotiate", "NTLM"] }) } },
  },
  {
    name: "a proxy that does not take the password",
    line: "doctor",
    proxied: true,
    world: { probe: { tunnel: async () => ({ status: 407, schemes: ["Basic"] }) } },
  },
  {
    name: "a proxy that does not let a host through",
    line: "doctor",
    proxied: true,
    world: {
      probe: { tunnel: async (_, host) => ({ status: host.includes("azureml") ? 403 : 200, schemes: [] }) },
    },
  },
  { name: "a wrong secret", line: "doctor", world: { emulator: { seed: { secret: "another" } } } },
  {
    name: "no role for the workspace",
    line: "doctor",
    world: { emulator: { deniedActions: ["Microsoft.MachineLearningServices/workspaces/read"] } },
  },
  {
    name: "no role for blobs",
    line: "doctor",
    world: {
      emulator: { deniedActions: ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*"] },
    },
  },
  {
    name: "a storage behind a firewall, whose name leads to a public address",
    line: "doctor",
    world: {
      probe: { addresses: async (host) => [host.includes(".blob.") ? "20.60.1.2" : "10.0.0.4"] },
      emulator: { faults: [{ url: /\.blob\..*comp=list/, happens: REFUSED_BY_FIREWALL }] },
    },
  },
  {
    name: "a private link whose name leads to its private address",
    line: "doctor",
    world: { emulator: { isPrivate: true } },
  },
  {
    name: "a private link whose name leads to a public address",
    line: "doctor",
    world: {
      emulator: { isPrivate: true },
      probe: { addresses: async (host) => [host.includes("workspace.eastus") ? "20.42.0.7" : "10.0.0.4"] },
    },
  },
  {
    name: "a private link that the job is followed through",
    line: "submit -j main --wait-for-completion --verbose",
    world: { emulator: { isPrivate: true } },
  },
  { name: "a clock that is wrong", line: "doctor", clockMs: 3 * 3_600_000 },
  { name: "the hosts and ports", line: "doctor --endpoints" },
  { name: "the hosts and ports behind a proxy", line: "doctor --endpoints", proxied: true },
  {
    name: "the hosts and ports of another cloud in a CI job",
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
    name: "the hosts and ports in China, where Entra ID has two",
    line: "doctor --endpoints",
    world: { env: { AZUREML_CURRENT_CLOUD: "AzureChinaCloud" } },
  },
  {
    name: "the hosts and ports of a cloud that a file describes",
    line: "doctor --endpoints --cloud-file /clouds/contoso.json",
    world: { files: { "/clouds/contoso.json": CONTOSO } },
  },
  { name: "the hosts and ports, as JSON", line: "doctor --endpoints --json" },
];

for (const { name, line, world, clockMs = 0, proxied } of cases) {
  Deno.test(`transcript: ${name}`, async (t) => {
    const made = makeWorld(world);
    const { ctx } = proxied
      ? makeWorld({ ...world, env: { ...made.ctx.env as Record<string, string>, ...PROXY } })
      : made;
    const clock = { ...ctx.clock, now: () => new Date(ctx.clock.now().getTime() + clockMs) };
    const { run } = await import("../../../src/cli/run.ts");
    const exit = await run(line.split(" "), { ...ctx, clock });
    const text = `$ kedro-azureml ${line}\n${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${exit}\n`;
    if (text.includes("s3cret-pw") || text.includes("golden-secret")) throw new Error("A password is shown");
    // Reading the project takes a real moment.
    await assertTranscript(
      t,
      text.replace(/\(\d+ ms\)/g, "(N ms)").replace(/"milliseconds":\d+/g, '"milliseconds":0'),
      import.meta.url,
    );
  });
}
