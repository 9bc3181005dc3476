import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

const BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
const ML = "Microsoft.MachineLearningServices/workspaces";

/** What a user types, and what is different in the world in which they type it. */
const cases: readonly { name: string; line: string; world?: WorldOptions }[] = [
  { name: "who one is, and what the workspace allows", line: "auth status" },
  { name: "the same as JSON", line: "auth status --json" },
  { name: "another workspace", line: "auth status -w staging" },
  { name: "a workspace that azureml.yml does not name", line: "auth status -w stagin" },
  { name: "outside a project", line: "auth status", world: { cwd: "/home/user" } },
  {
    name: "no role for jobs and for blobs",
    line: "auth status",
    world: { emulator: { deniedActions: [`${ML}/jobs/*`, `${ML}/data/*`, `${BLOBS}/*`] } },
  },
  {
    name: "no role for blobs only",
    line: "auth status",
    world: { emulator: { deniedActions: [`${BLOBS}/*`] } },
  },
  {
    name: "roles that cannot be read",
    line: "auth status",
    world: { emulator: { deniedActions: ["Microsoft.Authorization/*"] } },
  },
  {
    name: "a storage behind a firewall",
    line: "auth status",
    world: {
      emulator: {
        faults: [{
          url: /\.blob\./,
          happens: {
            kind: "refuse",
            status: 403,
            code: "AuthorizationFailure",
            message: "This request is not authorized to perform this operation.",
          },
        }],
      },
    },
  },
  {
    name: "a workspace of another tenant",
    line: "auth status",
    world: {
      emulator: {
        faults: [{
          url: /management\.azure\.com/,
          times: 9,
          happens: {
            kind: "refuse",
            status: 401,
            code: "InvalidAuthenticationTokenTenant",
            message:
              "The access token is from the wrong issuer 'https://sts.windows.net/aaaa/'. It must match the " +
              "tenant 'https://sts.windows.net/bbbb/' associated with this subscription.",
          },
        }],
      },
    },
  },
  {
    name: "a workspace that is not there",
    line: "auth status",
    world: { emulator: { seed: { workspaces: [] } } },
  },
];

for (const { name, line, world } of cases) {
  Deno.test(`transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    const exit = await kedroAzureml(line);
    const text = `$ kedro-azureml ${line}\n${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${exit}\n`;
    // The sign-in takes a real moment.
    await assertTranscript(
      t,
      text.replace(/\(\d+ ms\)/g, "(N ms)").replace(/"milliseconds":\d+/g, '"milliseconds":0'),
      import.meta.url,
    );
  });
}
