import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

const CATALOG = `raw:
  type: pandas.CSVDataset
  filepath: abfss://data@account.dfs.core.windows.net/raw.csv
summary:
  type: json.JSONDataset
  filepath: abfss://data@account.dfs.core.windows.net/summary.json
`;
const TINY = "/home/user/tiny/conf";

/** What a user types, and what is different in the world in which they type it. */
const cases: readonly { name: string; line: string; world?: WorldOptions; files?: Record<string, string> }[] =
  [
    { name: "a project with warnings", line: "validate", world: { hasCredentials: true } },
    { name: "the same, strictly", line: "validate --strict -j main" },
    { name: "the same, as JSON", line: "validate -j main --json", world: { hasCredentials: true } },
    {
      name: "a sound project",
      line: "validate --aml-env kedro-env:12",
      files: { [`${TINY}/base/catalog.yml`]: CATALOG },
    },
    {
      name: "jobs that cannot run",
      line: "validate -j everything -j node_names -j empty_filters -j on_staging",
      world: { project: "spaceflights" },
    },
    { name: "submit of one of them", line: "submit -j node_names", world: { project: "spaceflights" } },
    {
      name: "submit of several, as JSON",
      line: "submit -j node_names -j combined --json",
      world: { project: "spaceflights" },
    },
    {
      name: "a project that nobody filled in",
      line: "validate -j main",
      files: {
        [`${TINY}/base/azureml.yml`]: `workspace:
  __default__: { subscription_id: "<subscription id>", resource_group: rg, name: ws }
compute:
  __default__: { cluster_name: "<compute cluster>" }
execution:
  environment: "<environment>@latest"
  code_directory: "src"
jobs:
  main:
    pipeline: {}
    schedule: nightly
    workspace: staging
`,
      },
    },
    {
      name: "azureml.yml with mistakes, under GitHub Actions",
      line: "validate",
      world: { env: { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/home/user" } },
      files: { [`${TINY}/base/azureml.yml`]: "workspace: 5\ncomputes: {}\n" },
    },
    {
      name: "warnings under Azure Pipelines",
      line: "validate -j main",
      world: { env: { TF_BUILD: "True" } },
    },
    {
      name: "variables and credentials that no step has",
      line: "validate -j main --env-var GIVEN=1",
      world: { env: { GIVEN: "1", LAKE_KEY: "secret-key" } },
      files: {
        [`${TINY}/base/catalog.yml`]: `${CATALOG}other:
  type: pandas.SQLTableDataset
  table_name: t
  credentials: db
`,
        [`${TINY}/base/credentials.yml`]: `lake:
  account: "\${oc.env:GIVEN}"
  key: "\${oc.env:LAKE_KEY}"
  # "\${oc.env:OLD}"
  host: "\${oc.env:LAKE_HOST,none}"
`,
      },
    },
    { name: "with Azure", line: "validate -j main --online" },
    {
      name: "with an Azure where things are missing",
      line: "validate -j everything -j training --online",
      world: {
        project: "spaceflights",
        emulator: {
          seed: {
            computes: [
              { name: "cpu-cluster", errors: { ClusterCoreQuotaReached: "8 of 8 cores are in use" } },
              { name: "gpu-cluster", maxNodes: 0 },
            ],
            environments: [],
          },
        },
      },
    },
    {
      name: "with Azure, and an instance that stands still",
      line: "validate -j main --online --json",
      world: {
        emulator: {
          seed: { computes: [{ name: "cpu-cluster", kind: "ComputeInstance", state: "Stopped" }] },
        },
      },
    },
    {
      name: "with Azure, without a role",
      line: "validate -j main --online",
      world: { emulator: { deniedActions: ["Microsoft.MachineLearningServices/workspaces/jobs/write"] } },
    },
    {
      name: "with Azure, of a workspace that is not there",
      line: "validate -j main --online",
      world: { emulator: { seed: { workspaces: [] } } },
    },
    {
      name: "with Azure, and no network",
      line: "validate -j main --online",
      world: { fetch: () => Promise.reject(new TypeError("fetch failed")) },
    },
    {
      name: "with Azure, of data assets that are not there",
      line: "validate -j assets --online",
      world: { project: "assetlab" },
    },
    {
      name: "submit to a compute with no machine",
      line: "submit -j main",
      world: { emulator: { seed: { computes: [{ name: "cpu-cluster", maxNodes: 0 }] } } },
    },
    {
      name: "submit to a compute with errors",
      line: "submit -j main",
      world: {
        emulator: {
          seed: { computes: [{ name: "cpu-cluster", errors: { ClusterCoreQuotaReached: "full" } }] },
        },
      },
    },
    { name: "the files", line: "files", world: { hasCredentials: true } },
    {
      name: "the files, with secrets, strictly",
      line: "files --strict",
      world: { hasCredentials: true },
      files: {
        "/home/user/tiny/.env": "A=1",
        "/home/user/tiny/keys/server.pem": "-----BEGIN PRIVATE KEY-----",
      },
    },
    { name: "the files, as JSON", line: "files --json", world: { hasCredentials: true } },
    { name: "the files of an image", line: "-e nocode files" },
    {
      name: "the files of a folder that is none",
      line: "files",
      files: {
        [`${TINY}/local/azureml.yml`]:
          'execution: { environment: "e:1", code_directory: "git+https://host/repo" }\n',
      },
    },
    { name: "an unknown job", line: "validate -j mian" },
    {
      name: "an error that is allowed",
      line: "submit -j node_names --allow submit.undeclared_input --dry-run",
      world: { project: "spaceflights" },
    },
  ];

for (const { name, line, world, files } of cases) {
  Deno.test(`validate transcript: ${name}`, async (t) => {
    const { ctx, kedroAzureml } = makeWorld(world);
    for (const [path, text] of Object.entries(files ?? {})) await ctx.fs.writeText(path, text);
    const exit = await kedroAzureml(line);
    const text = `$ kedro-azureml ${line}\n${ctx.stdout()}--- stderr\n${ctx.stderr()}--- exit ${exit}\n`;
    await assertTranscript(t, text, import.meta.url);
  });
}
