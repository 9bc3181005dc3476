import { SOME } from "../pattern.ts";
import type { Recording } from "../recording.ts";
import { CURATED, MADE, MADE_ONCE, refusal, REFUSED, STANDARD, typeOf } from "./parts.ts";

const CONDA =
  "channels:\n- conda-forge\ndependencies:\n- python=3.8\n- pip\n- pip:\n  - pandas\nname: example-environment\n";
/** Azure ML returns the file as JSON. */
const CONDA_AS_JSON = JSON.stringify(
  {
    channels: ["conda-forge"],
    dependencies: ["python=3.8", "pip", { pip: ["pandas"] }],
    name: "example-environment",
  },
  null,
  2,
);
const IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04";
const NEWEST = "api-version=2023-04-01-preview&$orderBy=createdtime%20desc&$top=1";
const PREVIEW = "api-version=2023-04-01-preview";

/** An environment version with a Conda file, as Azure has it. */
function environment(version: string, labels: string, more: object = {}) {
  return {
    id: `{=ws}/environments/made/versions/${version}`,
    name: version,
    type: typeOf("environments/versions"),
    properties: {
      description: "Environment with inline conda definition",
      tags: {},
      properties: { "azureml.labels": labels },
      isArchived: false,
      isAnonymous: false,
      autoDeleteSetting: null,
      environmentType: "UserCreated",
      image: IMAGE,
      condaFile: CONDA_AS_JSON,
      osType: "Linux",
      autoRebuild: "Disabled",
      provisioningState: "Succeeded",
      stage: "Development",
      intellectualProperty: null,
      ...more,
    },
    systemData: MADE,
  };
}

const ENVIRONMENT = {
  properties: {
    description: "Environment with inline conda definition",
    isAnonymous: false,
    isArchived: false,
    condaFile: CONDA,
    image: IMAGE,
  },
};

function putEnvironment(version: string) {
  return { send: `PUT environments/made/versions/${version}?${PREVIEW}`, body: ENVIRONMENT };
}

/** A data asset's version, as Azure has it. */
function data(version: string, dataUri: string, more: object = {}, systemData: object = MADE_ONCE) {
  return {
    id: `{=ws}/data/made/versions/${version}`,
    name: version,
    type: typeOf("data/versions"),
    properties: {
      description: null,
      tags: {},
      properties: {},
      isArchived: false,
      isAnonymous: false,
      autoDeleteSetting: null,
      dataUri,
      stage: null,
      intellectualProperty: null,
      dataType: "uri_folder",
      ...more,
    },
    systemData,
  };
}

function putData(version: string, properties: object) {
  return {
    send: `PUT data/made/versions/${version}?${PREVIEW}`,
    body: { properties: { properties: {}, tags: {}, isAnonymous: false, isArchived: false, ...properties } },
  };
}

const UPLOADED = "azureml://datastores/workspaceblobstore/paths/LocalUpload/0";
/** The same in Azure's long form. */
const THERE =
  "azureml://subscriptions/{=subscription}/resourcegroups/{=group}/workspaces/{=workspace}/datastores/workspaceblobstore/paths/LocalUpload/0";
const FILE = {
  description: "this is a test dataset",
  dataType: "uri_file",
  dataUri: `${UPLOADED}/simple_train.py`,
};
const FILE_THERE = `${THERE}/simple_train.py`;
const FILE_MORE = { description: FILE.description, dataType: "uri_file" };
const FOLDER = { dataType: "uri_folder", dataUri: "https://bla" };

/** Environments and data assets. */
export const assets: readonly Recording[] = [
  {
    file: "environment/e2etests/test_environment.pyTestEnvironmenttest_environment_get_latest_label.json",
    commit: "122c0a892428f74d735b0c3ea5914e3667cd4d92",
    recorded: "2024-05",
    exchanges: [
      {
        ...putEnvironment("bar"),
        status: 201,
        answerHeaders: {
          ...STANDARD,
          location: `https://management.azure.com{=ws}/environments/made/versions/bar?${PREVIEW}`,
        },
        answer: environment("bar", "latest"),
        read: { by: "send", gives: { name: "bar" } },
      },
      {
        send: `GET environments/made/versions?${NEWEST}`,
        status: 200,
        answer: { value: [environment("bar", "latest")] },
        read: { by: "environment", of: ["azureml:made@latest"], gives: { shown: "made:bar" } },
      },
      {
        ...putEnvironment("foo"),
        afterMs: 5000,
        status: 201,
        answer: environment("foo", "latest"),
        read: { by: "send", gives: { name: "foo" } },
      },
      {
        send: `GET environments/made/versions?${NEWEST}`,
        status: 200,
        answer: { value: [environment("foo", "latest")] },
        read: { by: "environment", of: ["azureml:made@latest"], gives: { shown: "made:foo" } },
      },
    ],
  },
  {
    file:
      "environment/e2etests/test_environment.pyTestEnvironmenttest_environment_archive_restore_version.json",
    commit: "2238c1b72057257a36f3d7c36285036f95362a20",
    recorded: "2023-10",
    given: [putEnvironment("1"), { ...putEnvironment("2"), afterMs: 5000 }],
    exchanges: [
      {
        send: `GET environments/made/versions?${PREVIEW}&listViewType=ActiveOnly`,
        status: 200,
        answerHeaders: STANDARD,
        answer: { value: [environment("2", "latest"), environment("1", "")] },
        read: { by: "list", gives: [{ name: "2" }, { name: "1" }] },
      },
      {
        send: `GET environments/made/versions/1?${PREVIEW}`,
        status: 200,
        answer: environment("1", ""),
        read: { by: "environment", of: ["azureml:made:1"], gives: { shown: "made:1" } },
      },
    ],
  },
  {
    file: "environment/e2etests/test_environment.pyTestEnvironmenttest_environment_get.json",
    commit: "2238c1b72057257a36f3d7c36285036f95362a20",
    recorded: "2023-10",
    exchanges: [
      {
        send: `GET environments/${CURATED}/versions/1?${PREVIEW}`,
        status: 200,
        answer: {
          id: `{=ws}/environments/${CURATED}/versions/1`,
          name: "1",
          type: typeOf("environments/versions"),
          properties: {
            description: "{text}",
            tags: "{any}",
            properties: { "azureml.labels": "" },
            isArchived: false,
            isAnonymous: false,
            autoDeleteSetting: null,
            environmentType: "Curated",
            condaFile: "",
            osType: "Linux",
            autoRebuild: "OnBaseImageUpdate",
            provisioningState: "Succeeded",
            stage: "Development",
            intellectualProperty: null,
          },
          systemData: MADE,
        },
        read: { by: "send", gives: { properties: { environmentType: "Curated" } } },
      },
    ],
  },
  {
    file: "dataset/e2etests/test_data.pyTestDatatest_list.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [putData("1", FOLDER), { ...putData("2", { ...FOLDER, dataUri: "http://bla" }), afterMs: 5000 }],
    exchanges: [
      {
        send: `GET data/made/versions/1?${PREVIEW}`,
        status: 200,
        answerHeaders: STANDARD,
        answer: data("1", "https://bla"),
        read: { by: "data", of: ["azureml:made:1"], gives: "{=ws}/data/made/versions/1" },
      },
      {
        send: `GET data/made/versions?${PREVIEW}&listViewType=ActiveOnly`,
        status: 200,
        answer: { value: [data("2", "http://bla"), data("1", "https://bla")] },
        read: { by: "list", gives: [{ name: "2" }, { name: "1" }] },
      },
    ],
  },
  {
    file: "dataset/e2etests/test_data.pyTestDatatest_data_get_latest_label.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        ...putData("foo", FILE),
        status: 201,
        answerHeaders: {
          ...STANDARD,
          location: `https://management.azure.com{=ws}/data/made/versions/foo?${PREVIEW}`,
        },
        answer: data("foo", FILE_THERE, FILE_MORE),
        read: { by: "send", gives: { name: "foo" } },
      },
      {
        send: `GET data/made?${PREVIEW}`,
        status: 200,
        answer: {
          id: "{=ws}/data/made",
          name: "made",
          type: typeOf("data"),
          properties: {
            description: null,
            tags: null,
            properties: null,
            isArchived: false,
            latestVersion: "foo",
            nextVersion: "1",
            dataType: "uri_file",
          },
          systemData: MADE_ONCE,
        },
        read: { by: "data", of: ["azureml:made@latest"], gives: "{=ws}/data/made/versions/foo" },
      },
    ],
  },
  {
    file: "dataset/e2etests/test_data.pyTestDatatest_data_archive_restore_version.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [
      putData("1", FILE),
      { ...putData("2", FILE), afterMs: 5000 },
      { ...putData("1", { ...FILE, isArchived: true }), afterMs: 5000 },
      { ...putData("1", FILE), afterMs: 5000 },
    ],
    exchanges: [
      {
        send: `GET data/made/versions?${PREVIEW}&listViewType=ActiveOnly`,
        status: 200,
        answer: { value: [data("2", FILE_THERE, FILE_MORE), data("1", FILE_THERE, FILE_MORE, MADE)] },
        read: { by: "list", gives: [{ name: "2" }, { name: "1" }] },
      },
    ],
  },
  {
    file: "dataset/e2etests/test_data.pyTestDatatest_data_auto_delete_setting.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        ...putData("1", {
          ...FILE,
          dataType: "uri_folder",
          autoDeleteSetting: { condition: "createdGreaterThan", value: "30d" },
        }),
        status: 400,
        answerHeaders: REFUSED,
        answer: refusal(
          "UserError",
          "AutoDeleteSetting is only supported for assets in managed datastore.",
          "BadArgument",
          "ArgumentInvalid",
          "AutoDeleteSettingOnlySupportedForManagedDatastore",
        ),
        read: { by: "send", fails: ["azure.rejected", "AutoDeleteSetting is only supported"] },
      },
    ],
  },
  {
    file:
      "environment/e2etests/test_environment.pyTestEnvironmenttest_environment_create_or_update_docker.json",
    commit: "2238c1b72057257a36f3d7c36285036f95362a20",
    recorded: "2023-10",
    exchanges: [
      {
        send: `PUT environments/made/versions/1?${PREVIEW}`,
        body: { properties: { isAnonymous: false, isArchived: false, image: IMAGE } },
        status: 201,
        answerHeaders: STANDARD,
        answer: environment("1", "latest", { description: null, condaFile: "" }),
        read: { by: "environment", of: ["azureml:made:1"], gives: { shown: "made:1" } },
      },
    ],
  },
  {
    file:
      "environment/e2etests/test_environment.pyTestEnvironmenttest_environment_archive_restore_container.json",
    commit: "d0dbceadc6d23b9cced65d373038f0da5991672d",
    recorded: "2026-03",
    given: [putEnvironment("1")],
    exchanges: [
      {
        send: `GET environments?${PREVIEW}&listViewType=ActiveOnly`,
        status: 200,
        answer: {
          value: [SOME, {
            id: "{=ws}/environments/made",
            name: "made",
            type: typeOf("environments"),
            properties: {
              description: "",
              tags: {},
              properties: {},
              isArchived: false,
              latestVersion: "1",
              nextVersion: "2",
              provisioningState: "Succeeded",
            },
            systemData: MADE,
          }],
        },
        read: { by: "list", gives: [{ name: "made" }] },
      },
    ],
  },
  {
    file: "dataset/e2etests/test_data.pyTestDatatest_create_uri_folder.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        ...putData("1", { ...FILE, dataType: "uri_folder", dataUri: `${UPLOADED}/tmp_folder` }),
        status: 201,
        answerHeaders: STANDARD,
        answer: data("1", `${THERE}/tmp_folder/`, { description: FILE.description }),
        read: { by: "send", gives: { name: "1" } },
      },
      {
        send: `GET data/made/versions/1?${PREVIEW}`,
        status: 200,
        answer: data("1", `${THERE}/tmp_folder/`, { description: FILE.description }),
        read: { by: "data", of: ["azureml:made:1"], gives: "{=ws}/data/made/versions/1" },
      },
    ],
  },
  {
    file: "dataset/e2etests/test_data.pyTestDatatest_create_mltable.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [
      putData("1", {
        ...FILE,
        dataType: "mltable",
        dataUri: `${UPLOADED}/tmp_folder`,
        referencedUris: ["./tmp_file.csv"],
      }),
    ],
    exchanges: [
      {
        send: `GET data/made/versions/1?${PREVIEW}`,
        status: 200,
        answer: data("1", `${THERE}/tmp_folder/`, {
          description: FILE.description,
          dataType: "mltable",
          referencedUris: ["./tmp_file.csv"],
        }),
        read: { by: "send", gives: { properties: { dataType: "mltable" } } },
      },
    ],
  },
];
