import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

const CATALOG = `raw:
  type: pandas.CSVDataset
  filepath: abfss://data@account.dfs.core.windows.net/raw.csv
  fs_args: {account_name: account, anon: false}
summary:
  type: json.JSONDataset
  filepath: abfss://data@account.dfs.core.windows.net/summary.json
  fs_args: {account_name: account, anon: false}
`;
const TINY = "/home/user/tiny/conf";

/** A command line, and the options of the world in which it runs. */
const cases: readonly { name: string; line: string; world?: WorldOptions; files?: Record<string, string> }[] =
  [
    { name: "validate prints warnings", line: "validate", world: { hasCredentials: true } },
    { name: "validate reports local data outside the code", line: "validate", world: { hasLocalData: true } },
    { name: "validate --strict fails for a warning of one job", line: "validate --strict -j main" },
    {
      name: "validate --strict fails for a warning of the project",
      line: "validate --strict one",
      world: { hasCredentials: true },
    },
    {
      name: "validate --json prints findings",
      line: "validate -j main --json",
      world: { hasCredentials: true },
    },
    {
      name: "validate passes a project without errors",
      line: "validate --aml-env kedro-env:12",
      files: { [`${TINY}/base/catalog.yml`]: CATALOG },
    },
    {
      name: "validate reports a dataset that no node writes",
      line: "validate -j everything -j node_names -j empty_filters -j on_staging",
      world: { project: "spaceflights" },
    },
    {
      name: "submit fails for a dataset that no node writes",
      line: "submit -j node_names",
      world: { project: "spaceflights" },
    },
    {
      name: "submit --json fails for several invalid jobs",
      line: "submit -j node_names -j combined --json",
      world: { project: "spaceflights" },
    },
    {
      name: "validate reports placeholders",
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
      name: "validate under GitHub Actions annotates azureml.yml",
      line: "validate",
      world: { env: { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/home/user" } },
      files: { [`${TINY}/base/azureml.yml`]: "workspace: 5\ncomputes: {}\n" },
    },
    {
      name: "validate under Azure Pipelines logs issues",
      line: "validate -j main",
      world: { env: { TF_BUILD: "True" }, hasLocalData: true },
    },
    {
      name: "validate reports credentials and variables missing in steps",
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
    { name: "validate --online passes a complete workspace", line: "validate -j main --online" },
    {
      name: "validate --online reports missing resources",
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
      name: "validate --online reports a stopped compute instance",
      line: "validate -j main --online --json",
      world: {
        emulator: {
          seed: { computes: [{ name: "cpu-cluster", kind: "ComputeInstance", state: "Stopped" }] },
        },
      },
    },
    {
      name: "validate --online reports a missing role",
      line: "validate -j main --online",
      world: { emulator: { deniedActions: ["Microsoft.MachineLearningServices/workspaces/jobs/write"] } },
    },
    {
      name: "validate --online reports a missing workspace",
      line: "validate -j main --online",
      world: { emulator: { seed: { workspaces: [] } } },
    },
    {
      name: "validate --online reports a missing network",
      line: "validate -j main --online",
      world: { fetch: () => Promise.reject(new TypeError("fetch failed")) },
    },
    {
      name: "validate --online reports missing data assets",
      line: "validate -j assets --online",
      world: { project: "assetlab" },
    },
    {
      name: "submit fails for a cluster of zero nodes",
      line: "submit -j main",
      world: { emulator: { seed: { computes: [{ name: "cpu-cluster", maxNodes: 0 }] } } },
    },
    {
      name: "submit warns about a compute with errors",
      line: "submit -j main",
      world: {
        emulator: {
          seed: { computes: [{ name: "cpu-cluster", errors: { ClusterCoreQuotaReached: "full" } }] },
        },
      },
    },
    { name: "files lists uploaded and excluded files", line: "files", world: { hasCredentials: true } },
    {
      name: "files --strict fails for secrets",
      line: "files --strict",
      world: { hasCredentials: true },
      files: {
        "/home/user/tiny/.env": "A=1",
        "/home/user/tiny/keys/server.pem": "-----BEGIN PRIVATE KEY-----",
      },
    },
    { name: "files --json prints the files", line: "files --json", world: { hasCredentials: true } },
    { name: "files prints that the code is in the image", line: "-e nocode files" },
    {
      name: "files fails for a missing code folder",
      line: "files",
      files: {
        [`${TINY}/local/azureml.yml`]:
          'execution: { environment: "e:1", code_directory: "git+https://host/repo" }\n',
      },
    },
    {
      name: "submit --allow makes an error a warning",
      line: "submit -j node_names --allow submit.undeclared_input --dry-run",
      world: { project: "spaceflights" },
    },
  ];

for (const { name, line, world: options, files } of cases) {
  Deno.test(`${name}`, async (t) => {
    const world = makeWorld(options);
    for (const [path, text] of Object.entries(files ?? {})) await world.ctx.fs.writeText(path, text);
    await assertTranscript(t, await transcriptOf(world, [line]), import.meta.url);
  });
}
