import { SOME } from "../pattern.ts";
import type { Recording } from "../recording.ts";
import { MADE, refusal, REFUSED, STANDARD, typeOf } from "./parts.ts";

const VERSION = "api-version=2024-07-01-preview";
const COMPUTES = "api-version=2023-08-01-preview";

/** The default datastore, which has no creator. */
const DEFAULT_STORE = {
  id: "{=ws}/datastores/workspaceblobstore",
  name: "workspaceblobstore",
  type: typeOf("datastores"),
  properties: {
    description: null,
    tags: null,
    properties: null,
    isDefault: true,
    credentials: { credentialsType: "AccountKey" },
    subscriptionId: "{=subscription}",
    resourceGroup: "{=group}",
    datastoreType: "AzureBlob",
    accountName: "{word:account}",
    containerName: "azureml-blobstore-{guid}",
    endpoint: "core.windows.net",
    protocol: "https",
    serviceDataAccessAuthIdentity: "WorkspaceSystemAssignedIdentity",
  },
  systemData: {
    createdAt: "{time}",
    lastModifiedAt: "{time}",
    lastModifiedBy: "{text}",
    lastModifiedByType: "Application",
  },
};

/** A datastore that each workspace has besides the default one. */
function ofWorkspace(name: string, more: object) {
  const { subscriptionId: _, resourceGroup: __, containerName: ___, datastoreType: ____, ...properties } =
    DEFAULT_STORE.properties;
  return {
    ...DEFAULT_STORE,
    id: `{=ws}/datastores/${name}`,
    name,
    properties: {
      ...properties,
      isDefault: false,
      subscriptionId: null,
      resourceGroup: null,
      serviceDataAccessAuthIdentity: "None",
      ...more,
    },
  };
}

const SECRETS = {
  body: { expirableSecret: true, expireAfterHours: 1 },
  status: 200,
  answerHeaders: STANDARD,
  answer: { secretsType: "Sas", sasToken: "?sv={text}&sig={text}&se={text}&srt=co&ss=bf&sp=rcuwdl" },
};

const KEY = { credentialsType: "AccountKey", secrets: { secretsType: "AccountKey", key: "bm90IGEga2V5" } };

function store(more: object, credentials = "AccountKey") {
  return {
    id: "{=ws}/datastores/made",
    name: "made",
    type: typeOf("datastores"),
    properties: {
      description: null,
      tags: {},
      properties: null,
      isDefault: false,
      credentials: { credentialsType: credentials },
      subscriptionId: null,
      resourceGroup: null,
      accountName: "someaccount",
      endpoint: "core.windows.net",
      protocol: "https",
      serviceDataAccessAuthIdentity: "None",
      ...more,
    },
    systemData: MADE,
  };
}

const BLOB = { datastoreType: "AzureBlob", containerName: "testblob" };

function putStore(more: object, credentials: object = KEY) {
  return {
    send: `PUT datastores/made?${VERSION}&skipValidation=true`,
    body: {
      properties: {
        tags: {},
        credentials,
        accountName: "someaccount",
        endpoint: "core.windows.net",
        protocol: "https",
        ...more,
      },
    },
  };
}

/** A cluster as it is after its creation. */
function cluster(more: object, nodes: object) {
  return {
    name: "cpu-cluster",
    id: "{=ws}/computes/cpu-cluster",
    type: typeOf("computes"),
    location: "{word}",
    tags: {},
    properties: {
      createdOn: "{time}",
      modifiedOn: "{time}",
      disableLocalAuth: false,
      description: null,
      resourceId: null,
      computeType: "AmlCompute",
      computeLocation: "{word}",
      provisioningState: "Succeeded",
      provisioningErrors: null,
      isAttachedCompute: false,
      properties: {
        vmSize: "STANDARD_DS3_V2",
        vmPriority: "Dedicated",
        scaleSettings: { maxNodeCount: 4, minNodeCount: 0, nodeIdleTimeBeforeScaleDown: "PT2M" },
        subnet: null,
        currentNodeCount: 0,
        targetNodeCount: 0,
        nodeStateCounts: {
          preparingNodeCount: 0,
          runningNodeCount: 0,
          idleNodeCount: 0,
          unusableNodeCount: 0,
          leavingNodeCount: 0,
          preemptedNodeCount: 0,
        },
        allocationState: "Steady",
        allocationStateTransitionTime: "{time}",
        errors: null,
        remoteLoginPortPublicAccess: "Enabled",
        osType: "Linux",
        virtualMachineImage: null,
        isolatedNetwork: false,
        enableBatchPrivateLink: false,
        propertyBag: {},
        ...nodes,
      },
      ...more,
    },
  };
}

/** Datastores and computes. */
export const stores: readonly Recording[] = [
  {
    file: "dataset/e2etests/test_data.pyTestDatatest_data_get_latest_label.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        send: `GET datastores/workspaceblobstore?${VERSION}`,
        status: 200,
        answerHeaders: STANDARD,
        answer: DEFAULT_STORE,
        read: { by: "datastore", of: ["workspaceblobstore"], gives: { name: "workspaceblobstore" } },
      },
      {
        send: `POST datastores/workspaceblobstore/listSecrets?${VERSION}`,
        ...SECRETS,
        read: {
          by: "datastore",
          of: ["workspaceblobstore"],
          gives: { sas: "sv={text}&sig={text}&se={text}&srt=co&ss=bf&sp=rcuwdl" },
        },
      },
    ],
  },
  {
    file: "datastore/e2etests/test_datastore.pyTestDatastoretest_blob_store.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        ...putStore(BLOB),
        status: 201,
        answerHeaders: {
          ...STANDARD,
          location: `https://management.azure.com{=ws}/datastores/made?${VERSION}&skipValidation=true`,
        },
        answer: store(BLOB),
        read: { by: "send", gives: { name: "made" } },
      },
      {
        send: `GET datastores/made?${VERSION}`,
        status: 200,
        answer: store(BLOB),
        read: {
          by: "datastore",
          of: ["made"],
          gives: {
            account: "someaccount",
            container: "testblob",
            url: "https://someaccount.blob.core.windows.net/testblob",
          },
        },
      },
      {
        send: `POST datastores/made/listSecrets?${VERSION}`,
        ...SECRETS,
        read: { by: "datastore", of: ["made"], gives: { name: "made" } },
      },
      {
        send: `GET datastores?${VERSION}&count=30&orderByAsc=false`,
        status: 200,
        answer: { value: [SOME, store(BLOB), DEFAULT_STORE] },
        read: { by: "list", gives: [{ name: "made" }, { name: "workspaceblobstore" }] },
      },
    ],
  },
  {
    file: "datastore/e2etests/test_datastore.pyTestDatastoretest_blob_store_credential_less.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        send: `GET datastores/gone?${VERSION}`,
        status: 404,
        answerHeaders: REFUSED,
        answer: refusal("UserError", "Could not find datastore: gone.", "NotFoundError"),
        read: { by: "datastore", of: ["gone"], fails: ["datastore.not_found", '"gone"'] },
      },
    ],
  },
  {
    file: "pipeline_job/e2etests/test_pipeline_job.pyTestPipelineJobtest_pipeline_job_create.json",
    commit: "03a1e3cb40cafd6f2b1da9649fc04fc42ba45b79",
    recorded: "2026-03",
    exchanges: [
      {
        send: `GET computes/cpu-cluster?${COMPUTES}`,
        status: 200,
        answerHeaders: STANDARD,
        answer: cluster({ provisioningWarnings: {} }, {}),
        read: {
          by: "compute",
          of: ["cpu-cluster"],
          gives: { kind: "AmlCompute", provisioningState: "Succeeded", maxNodes: 4, errors: [] },
        },
      },
    ],
  },
  {
    file:
      "pipeline_job/e2etests/test_pipeline_job.pyTestPipelineJobtest_pipeline_job_validation_remote[non_existent_compute.yml].json",
    commit: "2909d3d143db4b5d34920f04cae4b759daaefa63",
    recorded: "2023-10",
    exchanges: [
      {
        send: "GET computes/cpu-cluster-non-existent?api-version=2022-10-01-preview",
        status: 404,
        answerHeaders: { "content-type": null },
        read: {
          by: "compute",
          of: ["cpu-cluster-non-existent"],
          fails: ["compute.not_found", '"cpu-cluster-non-existent"'],
        },
      },
    ],
  },
  {
    file: "compute/e2etests/test_compute.pyTestComputetest_aml_compute_create_and_delete.json",
    commit: "003b900b3939b24ecee5a132c0a235c20eaa27eb",
    recorded: "2024-12",
    exchanges: [
      {
        send: `PUT computes/made?${COMPUTES}`,
        body: {
          properties: {
            properties: {
              osType: "Linux",
              vmSize: "Standard_DS2_v2",
              vmPriority: "Dedicated",
              scaleSettings: { maxNodeCount: 2, minNodeCount: 0, nodeIdleTimeBeforeScaleDown: "PT1M40S" },
              remoteLoginPortPublicAccess: "Enabled",
              enableNodePublicIp: true,
            },
            computeType: "AmlCompute",
            description: "some_desc_aml",
            disableLocalAuth: false,
          },
          location: "eastus",
        },
        status: 201,
        answerHeaders: { ...STANDARD, "azure-asyncoperation": "{url:operation}" },
        answer: {
          id: "{=ws}/computes/made",
          name: "made",
          type: typeOf("computes"),
          location: "eastus",
          tags: null,
          properties: {
            createdOn: "{time}",
            modifiedOn: "{time}",
            disableLocalAuth: false,
            description: "some_desc_aml",
            resourceId: null,
            computeType: "AmlCompute",
            provisioningState: "Creating",
            provisioningErrors: null,
            provisioningWarnings: null,
            isAttachedCompute: false,
            properties: {
              vmSize: "STANDARD_DS2_V2",
              vmPriority: "Dedicated",
              scaleSettings: { maxNodeCount: 2, minNodeCount: 0, nodeIdleTimeBeforeScaleDown: "PT1M40S" },
              subnet: null,
              currentNodeCount: null,
              targetNodeCount: null,
              nodeStateCounts: null,
              allocationState: null,
              errors: null,
              remoteLoginPortPublicAccess: "Enabled",
              osType: "Linux",
              virtualMachineImage: null,
              isolatedNetwork: false,
              enableNodePublicIp: true,
              enableBatchPrivateLink: false,
            },
          },
        },
        read: {
          by: "compute",
          of: ["made"],
          gives: { kind: "AmlCompute", provisioningState: "Creating", maxNodes: 2 },
        },
      },
      {
        send: "GET {=operation}",
        status: 200,
        answer: { status: "InProgress" },
        read: { by: "send", gives: { status: "InProgress" } },
      },
    ],
  },
  {
    file: "datastore/e2etests/test_datastore.pyTestDatastoretest_file_store.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        send: `GET datastores?${VERSION}&count=30&orderByAsc=false`,
        status: 200,
        answer: {
          value: [
            SOME,
            ofWorkspace("workspaceartifactstore", { datastoreType: "AzureBlob", containerName: "azureml" }),
            ofWorkspace("workspacefilestore", {
              datastoreType: "AzureFile",
              fileShareName: "azureml-filestore-{guid}",
            }),
            DEFAULT_STORE,
          ],
        },
        read: {
          by: "list",
          gives: [{ name: "workspaceartifactstore" }, { name: "workspacefilestore" }, {
            name: "workspaceblobstore",
          }],
        },
      },
    ],
  },
];
