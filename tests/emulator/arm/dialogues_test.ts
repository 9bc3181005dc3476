import { ask, type Loose, tinyEmulator, WORKSPACE } from "../client.ts";
import type { EmulatorOptions } from "../../fakes/emulator.ts";
import { shape } from "../shape.ts";
import { assertTranscript } from "../../cli/transcript.ts";

const SUBSCRIPTION = `/subscriptions/${WORKSPACE.subscription_id}`;
const ROLES = "/providers/Microsoft.Authorization/roleAssignments";
const ROLE = { principalId: "p-1", roleDefinitionId: "d-1" };
const STORE = { datastoreType: "AzureBlob", accountName: "acc", containerName: "box" };

type Turn = readonly [
  method: string,
  path: string,
  more?: { readonly body?: unknown; readonly query?: string },
];

/** A request to Resource Manager, below the workspace unless a path begins with a slash. */
const DIALOGUES: Readonly<
  Record<string, { readonly turns: readonly Turn[]; readonly options?: EmulatorOptions }>
> = {
  "missing resources": {
    turns: [
      ["GET", "components/none"],
      ["GET", "components/none/versions/1"],
      ["GET", "components/none/labels/default"],
      ["GET", "environments/none/versions/1"],
      ["GET", "codes/none/versions/1"],
      ["GET", "computes/none"],
      ["GET", "datastores/none"],
      ["GET", "jobs/none"],
      ["GET", "schedules/none"],
      ["GET", "nothing"],
      ["PATCH", "jobs"],
    ],
  },
  "missing groups, assets and operations": {
    turns: [
      [
        "GET",
        `/subscriptions/none/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w`,
      ],
      ["GET", `${SUBSCRIPTION}/resourceGroups/none/providers/Microsoft.MachineLearningServices/workspaces/w`],
      [
        "GET",
        `${SUBSCRIPTION}/resourceGroups/${WORKSPACE.resource_group}/providers/Microsoft.MachineLearningServices/workspaces/none`,
      ],
      [
        "GET",
        `${SUBSCRIPTION}/resourceGroups/${WORKSPACE.resource_group}/providers/Microsoft.MachineLearningServices/workspaces/none/jobs/j`,
      ],
      ...["mfeOperationResults", "mfeOperationsStatus", "computeOperationsStatus"].flatMap((kind): Turn[] => [
        [
          "GET",
          `${SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/locations/westeurope/${kind}/none`,
        ],
        [
          "GET",
          `${SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/locations/westeurope/${kind}/none`,
          { query: "&api-version=1" },
        ],
      ]),
      ["GET", "data/none"],
      ["GET", "environments/none"],
      ["GET", "codes/none"],
      ["GET", "models/none"],
      ["GET", "data/rides/versions/9"],
    ],
  },
  "computes": {
    turns: [
      ["GET", "computes"],
      ["PUT", "computes/gpu", {
        body: {
          location: "westus",
          tags: { a: "b" },
          identity: { type: "SystemAssigned" },
          properties: { computeType: "AmlCompute", properties: { vmSize: "Standard_NC6" } },
        },
      }],
      ["GET", "computes/gpu"],
      ["PUT", "computes/gpu", {
        body: { properties: { computeType: "AmlCompute", description: "changed" } },
      }],
      ["PUT", "computes/vm", { body: { properties: { computeType: "ComputeInstance" } } }],
      ["POST", "computes/vm/stop"],
      ["GET", "computes/vm"],
      ["POST", "computes/vm/start"],
      ["DELETE", "computes/vm"],
      ["GET", "computes/vm"],
      ["DELETE", "computes/vm"],
    ],
  },
  "datastores": {
    turns: [
      ["GET", "datastores", { query: "&isDefault=true" }],
      ["GET", "datastores", { query: "&isDefault=false" }],
      ["PUT", "datastores/mine", { body: { properties: STORE } }],
      ["POST", "datastores/mine/listSecrets"],
      ["PUT", "datastores/mine", {
        body: {
          properties: {
            ...STORE,
            description: "keyed",
            credentials: {
              credentialsType: "AccountKey",
              secrets: { secretsType: "AccountKey", key: "a2V5" },
            },
          },
        },
      }],
      ["GET", "datastores/mine"],
      ["POST", "datastores/mine/listSecrets"],
      ["DELETE", "datastores/mine"],
      ["GET", "datastores/mine"],
      ["POST", "datastores/workspaceblobstore/listSecrets"],
    ],
  },
  "secrets of a datastore without credentials": {
    options: { storage: "no credentials" },
    turns: [["POST", "datastores/workspaceblobstore/listSecrets"]],
  },
  "role assignments": {
    turns: [
      ["GET", `${SUBSCRIPTION}${ROLES}`, { query: "&api-version=2022-04-01" }],
      ["PUT", `${SUBSCRIPTION}${ROLES}/r1`, { body: { properties: ROLE }, query: "&api-version=2022-04-01" }],
      ["PUT", `${SUBSCRIPTION}${ROLES}/r2`, { body: { properties: ROLE }, query: "&api-version=2022-04-01" }],
      ["PUT", `${SUBSCRIPTION}${ROLES}/r3`, {
        body: { properties: { ...ROLE, principalId: "p-2" } },
        query: "&api-version=2022-04-01",
      }],
      ["PUT", `${SUBSCRIPTION}${ROLES}/r4`, {
        body: { properties: { principalId: 1 } },
        query: "&api-version=2022-04-01",
      }],
      ["PUT", `${SUBSCRIPTION}${ROLES}/r4`, { body: {}, query: "&api-version=2022-04-01" }],
      ["GET", `${SUBSCRIPTION}${ROLES}/r1`, { query: "&api-version=2022-04-01" }],
      ["GET", `${SUBSCRIPTION}${ROLES}/r9`, { query: "&api-version=2022-04-01" }],
      ["DELETE", `${SUBSCRIPTION}${ROLES}/r1`, { query: "&api-version=2022-04-01" }],
      ["GET", `${SUBSCRIPTION}${ROLES}`, { query: "&api-version=2022-04-01&$filter=principalId eq 'p-2'" }],
      ["GET", `${SUBSCRIPTION}${ROLES}`, { query: "&api-version=2022-04-01" }],
      ["GET", `${SUBSCRIPTION}${ROLES}`],
    ],
  },
  "environments and data assets": {
    turns: [
      ["GET", "environments"],
      ["GET", "environments/kedro-env"],
      ["GET", "environments/kedro-env/versions/11"],
      ["GET", "environments/kedro-env/versions/9"],
      ["GET", "environments/kedro-env/versions/7"],
      ["GET", "environments/kedro-env/versions", { query: "&$orderBy=createdtime asc&$top=1" }],
      ["GET", "environments/kedro-env/versions", { query: "&$orderBy=name" }],
      ["GET", "environments/none/versions"],
      ["PUT", "environments/new/versions/1", { body: { properties: { image: "img:1" } } }],
      ["PUT", "environments/new/versions/1", { body: { properties: { image: "img:1", description: "d" } } }],
      ["PUT", "environments/new/versions/1", { body: { properties: { image: "img:2" } } }],
      ["PUT", "environments/new/versions/x", { body: { properties: { image: "img:2", isAnonymous: true } } }],
      ["GET", "environments/new"],
      ["GET", "data/rides"],
      ["GET", "data/none/versions/1"],
      ["PUT", "data/mine/versions/3", {
        body: { properties: { dataType: "uri_folder", dataUri: "azureml://a/b" } },
      }],
      ["PUT", "data/mine/versions/3", {
        body: { properties: { dataType: "uri_folder", dataUri: "azureml://a/c" } },
      }],
      ["PUT", "data/auto/versions/1", {
        body: {
          properties: {
            dataType: "uri_folder",
            dataUri: "azureml://a/b",
            autoDeleteSetting: { condition: "CreatedGreaterThan", value: "30d" },
          },
        },
      }],
    ],
  },
  "subscriptions, workspaces and permissions": {
    turns: [
      ["GET", "/tenants", { query: "&api-version=2022-12-01" }],
      ["GET", "/subscriptions", { query: "&api-version=2022-12-01" }],
      ["GET", SUBSCRIPTION, { query: "&api-version=2022-12-01" }],
      ["GET", "/subscriptions/none", { query: "&api-version=2022-12-01" }],
      ["GET", "/subscriptions", { query: "&api-version=1999-01-01" }],
      ["GET", ""],
      ["GET", "/providers/x/y/z"],
      ["GET", `${SUBSCRIPTION}/resourceGroups/${WORKSPACE.resource_group}/providers/Other/workspaces/a`],
      ["GET", `${SUBSCRIPTION}/providers/Microsoft.MachineLearningServices/workspaces`, {
        query: "&api-version=1",
      }],
      ["PUT", "computes/empty"],
    ],
  },
};

/** An answer without what differs each time or is the same in all. */
function answerText({ status, headers, body }: Awaited<ReturnType<typeof ask>>): string {
  const shown = typeof body === "object" ? shape(JSON.parse(JSON.stringify(body, withoutNoise))) : body;
  const location = headers.get("location") === null ? "" : " with a location";
  const operation = headers.get("azure-asyncoperation") === null ? "" : " with an operation";
  return `${status}${location}${operation} ${shown}`.trimEnd();
}

function withoutNoise(key: string, value: Loose): Loose {
  if (["systemData", "additionalInfo", "principalId"].includes(key) && !/^p-/.test(value)) return undefined;
  return key === "sasToken" ? "?SAS" : value;
}

for (const [name, { turns, options }] of Object.entries(DIALOGUES)) {
  Deno.test(`emulator responses match their transcript: ${name}`, async (t) => {
    const { emulator, advance } = tinyEmulator(options);
    const lines: string[] = [];
    for (const [method, path, { body, query = "" } = {}] of turns) {
      const version = query.includes("api-version")
        ? query.slice(1)
        : `api-version=2024-01-01-preview${query}`;
      const answer = await ask(emulator, method, path, {
        query: version,
        ...(body !== undefined && { body }),
      });
      lines.push(
        `${method} ${path}${query}${body === undefined ? "" : ` ${JSON.stringify(body)}`}\n${
          answerText(answer)
        }\n`,
      );
      advance(1000);
    }
    await assertTranscript(t, lines.join("\n"), import.meta.url);
  });
}
