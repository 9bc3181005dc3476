import type { Recording } from "../recording.ts";
import { registeredCode } from "./code.ts";
import { CURATED, MADE, refusal, REFUSED, STANDARD, typeOf } from "./parts.ts";

const VERSION = "api-version=2024-01-01-preview";
const TAGS = { tag: "tagvalue", owner: "sdkteam" };
const COMMAND =
  "echo Hello World & echo $[[${{inputs.component_in_number}}]] & echo ${{inputs.component_in_path}} & echo ${{outputs.component_out_path}}";
const SCHEMA = "https://azuremlschemas.azureedge.net/development/commandComponent.schema.json";
const PINNED = `azureml://registries/azureml/environments/${CURATED}/versions/33`;
const NUMBER = { type: "number", optional: true, default: "10.99", description: "A number" };
const PATH = { type: "uri_folder", description: "A path" };

/** What azure-ai-ml sends for its basic component. */
function sent(name: string, more: object = {}) {
  return {
    command: COMMAND,
    environment: `azureml:${CURATED}:33`,
    name,
    description: "This is the basic command component",
    tags: TAGS,
    version: "0.0.1",
    $schema: SCHEMA,
    display_name: "CommandComponentBasic",
    is_deterministic: true,
    inputs: { component_in_number: NUMBER, component_in_path: PATH },
    outputs: { component_out_path: { type: "uri_folder" } },
    type: "command",
    _source: "YAML.COMPONENT",
    ...more,
  };
}

/** What Azure makes of it. */
function completed(name: string, more: object = {}) {
  return {
    $schema: SCHEMA,
    name,
    version: "0.0.1",
    display_name: "CommandComponentBasic",
    is_deterministic: "True",
    type: "command",
    description: "This is the basic command component",
    tags: TAGS,
    inputs: {
      component_in_path: { ...PATH, optional: "False" },
      component_in_number: { ...NUMBER, optional: "True" },
    },
    outputs: { component_out_path: { type: "uri_folder" } },
    environment: PINNED,
    resources: { instance_count: "1" },
    command: COMMAND,
    ...more,
  };
}

function resource(id: string, name: string, properties: object, stage = "Development") {
  return {
    id: `{=ws}/components/${id}`,
    name,
    type: typeOf("components/versions"),
    properties: {
      description: null,
      tags: TAGS,
      properties: {},
      isArchived: false,
      autoDeleteSetting: null,
      provisioningState: "Succeeded",
      stage,
      ...properties,
    },
    systemData: MADE,
  };
}

const ASKED = "779f9d31-d7a0-598a-0776-cdeb24ebc6ec";

function putAnonymous(version: string, componentSpec: object, tags: object = TAGS) {
  return {
    send: `PUT components/azureml_anonymous/versions/${version}?${VERSION}`,
    body: { properties: { properties: {}, tags, isAnonymous: true, isArchived: false, componentSpec } },
  };
}

function putNamed(hash: string, componentSpec: object, version = "0.0.1") {
  return {
    send: `PUT components/made/versions/${version}?${VERSION}`,
    body: {
      properties: {
        description: "This is the basic command component",
        properties: { client_component_hash: hash },
        tags: TAGS,
        isAnonymous: false,
        isArchived: false,
        componentSpec,
      },
    },
  };
}

function named(hash: string, componentSpec: object, id = "made/versions/0.0.1", name = "0.0.1") {
  return resource(id, name, {
    properties: { client_component_hash: hash },
    isAnonymous: false,
    componentSpec,
  });
}

const HASHES = ["a89943ce-4b1b-12f5-3310-0ad96c1d5b84", "beb59b45-6bbd-57dc-9330-3b4dd8b55c7b"] as const;
const WITH_CODE = "a4e91c07-0000-4000-8000-000000000001";

/** A step of two machines. */
const MPI = completed("azureml_anonymous", {
  resources: { instance_count: "2" },
  distribution: { process_count_per_instance: "1", type: "Mpi" },
});

/** Request and response for a step of a schedule's job. */
const INLINE = {
  command: "echo Hello World & echo ${{inputs.component_in_number}}",
  name: "azureml_anonymous",
  version: "1",
  type: "command",
};
const INTEGER = { type: "integer", default: "10", description: "An integer" };

/** Components. */
export const components: readonly Recording[] = [
  {
    file: "component/e2etests/test_component.pyTestComponenttest_anonymous_component_reuse.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        ...putAnonymous(ASKED, sent("e84c4f0c_e53f_4280_ac42_d97ca4366666")),
        status: 201,
        answerHeaders: {
          ...STANDARD,
          location:
            `https://management.azure.com{=ws}/components/azureml_anonymous/versions/${ASKED}?${VERSION}`,
        },
        answer: resource("azureml_anonymous/versions/{guid:first}", "{=first}", {
          isAnonymous: true,
          componentSpec: completed("e84c4f0c_e53f_4280_ac42_d97ca4366666"),
        }),
        read: { by: "component", gives: "{=ws}/components/azureml_anonymous/versions/{=first}" },
      },
      {
        ...putAnonymous(ASKED, sent("n619ad2e3_6af2_47d1_a4b4_cf83545785d6")),
        status: 201,
        answer: resource("azureml_anonymous/versions/{guid:second}", "{=second}", {
          isAnonymous: true,
          componentSpec: completed("n619ad2e3_6af2_47d1_a4b4_cf83545785d6"),
        }),
        read: { by: "component", gives: "{=ws}/components/azureml_anonymous/versions/{=second}" },
      },
    ],
  },
  {
    file: "schedule/e2etests/test_schedule.pyTestScheduletest_load_recurrence_schedule_with_pattern.json",
    commit: "bdca6fa6953096cca2b76f33332cc390d6ee6ccf",
    recorded: "2024-02",
    exchanges: [
      {
        ...putAnonymous(
          WITH_CODE,
          {
            ...INLINE,
            environment: `azureml:${CURATED}:33`,
            is_deterministic: true,
            inputs: { component_in_number: { ...INTEGER, optional: false } },
            _source: "YAML.JOB",
          },
          {},
        ),
        status: 201,
        answerHeaders: STANDARD,
        answer: resource(
          "azureml_anonymous/versions/{guid:made}",
          "{=made}",
          {
            tags: {},
            isAnonymous: true,
            componentSpec: {
              ...INLINE,
              is_deterministic: "True",
              inputs: { component_in_number: { ...INTEGER, optional: "False" } },
              environment: PINNED,
              resources: { instance_count: "1" },
            },
          },
          "{word}",
        ),
        read: { by: "component", gives: "{=ws}/components/azureml_anonymous/versions/{=made}" },
      },
    ],
  },
  {
    file: "component/e2etests/test_component.pyTestComponenttest_component_update_code.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: registeredCode("one", "two"),
    exchanges: [
      {
        ...putNamed(HASHES[0], sent("made", { code: "azureml:{=ws}/codes/one/versions/1" })),
        status: 201,
        answerHeaders: STANDARD,
        answer: named(HASHES[0], completed("made", { code: "azureml:{=ws}/codes/one/versions/1" })),
        read: { by: "send", gives: { name: "0.0.1" } },
      },
      {
        ...putNamed(HASHES[1], sent("made", { code: "azureml:{=ws}/codes/two/versions/1" })),
        status: 400,
        answerHeaders: REFUSED,
        answer: refusal(
          "UserError",
          'Failed to update component made since field "code" is immutable, try specifying a new version.',
          "BadArgument",
          "ArgumentInvalid",
          "UpdateComponentFailed",
        ),
        read: { by: "component", fails: ["azure.rejected", 'field "code" is immutable'] },
      },
    ],
  },
  {
    file: "component/e2etests/test_component.pyTestComponenttest_component_update.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [putNamed(HASHES[0], sent("made"))],
    exchanges: [
      {
        ...putNamed(
          HASHES[1],
          sent("made", {
            _source: "REMOTE.WORKSPACE.COMPONENT",
            environment: PINNED,
            resources: { instance_count: 1 },
            id: "azureml:{=ws}/components/made/versions/0.0.1",
            description: "Updated description",
            display_name: "UpdatedComponent",
          }),
        ),
        status: 200,
        answerHeaders: { ...STANDARD, location: null },
        answer: named(
          HASHES[1],
          completed("made", { description: "Updated description", display_name: "UpdatedComponent" }),
        ),
        read: { by: "send", gives: { name: "0.0.1" } },
      },
    ],
  },
  {
    file: "component/e2etests/test_component.pyTestComponenttest_component_list.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [putNamed(HASHES[0], sent("made"))],
    exchanges: [
      {
        send: `GET components/made/versions?${VERSION}&listViewType=ActiveOnly`,
        status: 200,
        answerHeaders: STANDARD,
        answer: { value: [named(HASHES[0], completed("made"))] },
        read: { by: "list", gives: [{ name: "0.0.1" }] },
      },
    ],
  },
  {
    file: "component/e2etests/test_component.pyTestComponenttest_component_with_default_label.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [putNamed(HASHES[0], sent("made"))],
    exchanges: [
      {
        send: `GET components/made/versions/azureml_default?${VERSION}`,
        status: 200,
        answerHeaders: STANDARD,
        answer: named(HASHES[0], completed("made"), "made/labels/default"),
        // Its id is not that of what was asked for, so the client would not take it; it never asks.
        read: { by: "ask", gives: { status: 200 } },
      },
    ],
  },
  {
    file: "component/e2etests/test_component.pyTestComponenttest_create_component_skip_if_no_change.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [putNamed(HASHES[0], sent("made"))],
    exchanges: [
      {
        ...putNamed(HASHES[0], sent("made")),
        afterMs: 2000,
        status: 200,
        answerHeaders: { ...STANDARD, location: null },
        answer: named(HASHES[0], completed("made")),
        read: { by: "send", gives: { name: "0.0.1" } },
      },
    ],
  },
  {
    file: "component/e2etests/test_component.pyTestComponenttest_component_archive_restore_version.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [
      putNamed(HASHES[0], sent("made", { version: "1" }), "1"),
      { ...putNamed(HASHES[0], sent("made", { version: "2" }), "2"), afterMs: 2000 },
    ],
    exchanges: [
      {
        send: `GET components/made/versions?${VERSION}&listViewType=ActiveOnly`,
        status: 200,
        answerHeaders: STANDARD,
        answer: {
          value: ["2", "1"].map((version) =>
            named(HASHES[0], completed("made", { version }), `made/versions/${version}`, version)
          ),
        },
        read: { by: "list", gives: [{ name: "2" }, { name: "1" }] },
      },
    ],
  },
  {
    file:
      "pipeline_job/e2etests/test_pipeline_job.pyTestPipelineJobtest_pipeline_job_create_with_distribution_component.json",
    commit: "101248d8db5a19fc144dfd18c989d629cbfc21b5",
    recorded: "2023-10",
    given: [{
      ...putAnonymous(
        ASKED,
        sent("azureml_anonymous", {
          resources: { instance_count: 2 },
          distribution: { type: "mpi", process_count_per_instance: 1 },
        }),
      ),
      answer: resource("azureml_anonymous/versions/{guid:made}", "{=made}", {
        isAnonymous: true,
        componentSpec: MPI,
      }),
    }],
    exchanges: [
      {
        send: `GET components/azureml_anonymous/versions/{=made}?${VERSION}`,
        status: 200,
        answer: resource("azureml_anonymous/versions/{=made}", "{=made}", {
          isAnonymous: true,
          componentSpec: MPI,
        }),
        read: {
          by: "send",
          gives: { properties: { componentSpec: { resources: { instance_count: "2" } } } },
        },
      },
    ],
  },
];
