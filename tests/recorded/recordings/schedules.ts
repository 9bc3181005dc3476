import type { Recording } from "../recording.ts";
import { CURATED, MADE, refusal, REFUSED, STANDARD } from "./parts.ts";

const VERSION = "api-version=2023-06-01-preview";
const COMPONENTS = "api-version=2024-01-01-preview";
const OPERATIONS =
  "/subscriptions/{=subscription}/providers/Microsoft.MachineLearningServices/locations/{word}";

/** The component of the only step. */
const COMPONENT = {
  send: `PUT components/azureml_anonymous/versions/a4e91c07-0000-4000-8000-000000000001?${COMPONENTS}`,
  body: {
    properties: {
      properties: {},
      tags: {},
      isAnonymous: true,
      isArchived: false,
      componentSpec: {
        command: "echo ${{inputs.component_in_number}}",
        environment: `azureml:${CURATED}:33`,
        name: "azureml_anonymous",
        version: "1",
        is_deterministic: true,
        inputs: { component_in_number: { type: "integer", default: "10", optional: false } },
        type: "command",
      },
    },
  },
  answer: {
    id: "{=ws}/components/azureml_anonymous/versions/{guid:component}",
    name: "{=component}",
    type: "{text}",
    properties: {
      description: null,
      tags: {},
      properties: {},
      isArchived: false,
      isAnonymous: true,
      autoDeleteSetting: null,
      componentSpec: {
        name: "azureml_anonymous",
        version: "1",
        is_deterministic: "True",
        type: "command",
        inputs: { component_in_number: { type: "integer", optional: "False", default: "10" } },
        environment: `azureml://registries/azureml/environments/${CURATED}/versions/33`,
        resources: { instance_count: "1" },
        command: "echo ${{inputs.component_in_number}}",
      },
      provisioningState: "Succeeded",
      stage: "{word}",
    },
    systemData: MADE,
  },
};

const JOB = {
  description: "The hello world pipeline job with inline components",
  tags: { tag: "tagvalue", owner: "sdkteam" },
  properties: {},
  computeId: "{=ws}/computes/cpu-cluster",
  isArchived: false,
  identity: { identityType: "AMLToken" },
  jobType: "Pipeline",
  settings: { continue_on_step_failure: true, _source: "YAML.JOB" },
  jobs: {
    hello_world_component_inline_1: {
      name: "hello_world_component_inline_1",
      type: "command",
      inputs: {
        component_in_number: { job_input_type: "literal", value: "${{parent.inputs.job_in_number}}" },
      },
      _source: "YAML.JOB",
      componentId: "{=ws}/components/azureml_anonymous/versions/{=component}",
    },
  },
  inputs: { job_in_number: { jobInputType: "literal", value: "1" } },
  outputs: {},
};

/** What Azure adds to the job of a schedule. */
const ADDED = {
  displayName: null,
  status: "NotStarted",
  experimentName: "Default",
  services: null,
  componentId: null,
  notificationSetting: null,
  secretsConfiguration: null,
  sourceJobId: null,
};

const WEEKLY = {
  startTime: "2022-05-10 10:15:00",
  timeZone: "Pacific Standard Time",
  triggerType: "Recurrence",
  interval: 1,
};

const TEXTS = { description: "a weekly retrain schedule", displayName: "weekly retrain schedule" };

function putSchedule(trigger: object, jobDefinition: object = JOB, more: object = {}) {
  return {
    send: `PUT schedules/made?${VERSION}`,
    body: {
      properties: {
        ...TEXTS,
        properties: {},
        tags: {},
        action: { actionType: "CreateJob", jobDefinition },
        trigger,
        ...more,
      },
    },
  };
}

function properties(trigger: object, provisioningState: string, jobDefinition: object, isEnabled = true) {
  return {
    ...TEXTS,
    tags: {},
    properties: {},
    isEnabled,
    trigger: { endTime: null, ...trigger },
    action: { actionType: "CreateJob", jobDefinition },
    provisioningState,
  };
}

const JOB_THERE = {
  ...JOB,
  ...ADDED,
  inputs: { job_in_number: { description: null, jobInputType: "literal", value: "1" } },
};

const WEEK_SENT = {
  ...WEEKLY,
  frequency: "week",
  schedule: { hours: [10], minutes: [15], weekDays: ["monday"] },
};
const WEEK_THERE = {
  ...WEEKLY,
  frequency: "Week",
  schedule: { hours: [10], minutes: [15], weekDays: ["Monday"], monthDays: null },
};

const ACCEPTED = {
  "azure-asyncoperation":
    `https://management.azure.com${OPERATIONS}/mfeOperationsStatus/{text:operation}?{text:signed}`,
  location: `https://management.azure.com{=ws}/schedules/made?${VERSION}`,
  "x-ms-async-operation-timeout": "PT30M",
  ...STANDARD,
};

const STATUS = `GET https://management.azure.com${
  OPERATIONS.replace("{word}", "{=location}")
}/mfeOperationsStatus/{=operation}?{=signed}`;

function operation(status: string, more: object = {}) {
  return { id: `${OPERATIONS}/mfeOperationResults/{=operation}`, name: "{=operation}", status, ...more };
}

/** The job of a schedule that repeats a job in the workspace. */
const REPEATED = {
  jobType: "Pipeline",
  properties: {},
  tags: {},
  isArchived: false,
  settings: { _source: "REMOTE.WORKSPACE.JOB" },
  inputs: {},
  jobs: {},
  outputs: {},
  experimentName: "",
};

const CRON = {
  startTime: "2023-10-27T16:25:00",
  timeZone: "UTC",
  triggerType: "Cron",
  expression: "15 10 * * 1",
};

/** Schedules. */
export const schedules: readonly Recording[] = [
  {
    file: "schedule/e2etests/test_schedule.pyTestScheduletest_load_recurrence_schedule_with_pattern.json",
    commit: "bdca6fa6953096cca2b76f33332cc390d6ee6ccf",
    recorded: "2024-02",
    given: [COMPONENT, { ...putSchedule(WEEK_SENT), answerHeaders: ACCEPTED }],
    exchanges: [
      {
        send: STATUS,
        status: 200,
        answerHeaders: STANDARD,
        answer: operation("Creating"),
        read: { by: "send", gives: { status: "Creating" } },
      },
      {
        send: STATUS,
        afterMs: 5000,
        status: 200,
        answer: operation("Succeeded", { startTime: "{time}", endTime: "{time}" }),
        read: { by: "operation", gives: true },
      },
      {
        send: `GET schedules/made?${VERSION}`,
        status: 200,
        answerHeaders: STANDARD,
        answer: {
          name: "made",
          properties: properties(WEEK_THERE, "Succeeded", JOB_THERE),
          systemData: MADE,
        },
        read: {
          by: "schedule",
          of: ["made"],
          gives: {
            isEnabled: true,
            displayName: TEXTS.displayName,
            trigger: { triggerType: "Recurrence", frequency: "Week", schedule: { weekDays: ["Monday"] } },
          },
        },
      },
    ],
  },
  {
    file: "schedule/e2etests/test_schedule.pyTestScheduletest_load_cron_schedule_with_job_updates.json",
    commit: "0f1d79f0e13f8591e1265c30a19ffc00b773608e",
    recorded: "2024-02",
    given: [COMPONENT, { ...putSchedule(CRON), answerHeaders: ACCEPTED }],
    exchanges: [
      {
        send: STATUS,
        status: 200,
        answer: operation("Creating"),
        read: { by: "send", gives: { status: "Creating" } },
      },
    ],
  },
  {
    file: "schedule/e2etests/test_schedule.pyTestScheduletest_load_cron_schedule_with_arm_id.json",
    commit: "101248d8db5a19fc144dfd18c989d629cbfc21b5",
    recorded: "2023-10",
    exchanges: [
      {
        ...putSchedule(CRON, { ...REPEATED, sourceJobId: "{=ws}/jobs/earlier" }, { isEnabled: false }),
        status: 201,
        answerHeaders: ACCEPTED,
        answer: {
          properties: properties(
            CRON,
            "Creating",
            {
              ...REPEATED,
              ...ADDED,
              description: null,
              experimentName: "",
              computeId: null,
              identity: null,
              sourceJobId: "{=ws}/jobs/earlier",
            },
            false,
          ),
        },
        read: { by: "send", gives: { properties: { provisioningState: "Creating" } } },
      },
      {
        send: STATUS,
        status: 200,
        answer: operation("Creating"),
        read: { by: "send", gives: { status: "Creating" } },
      },
    ],
  },
  {
    file: "schedule/e2etests/test_schedule.pyTestScheduletest_schedule_lifetime.json",
    commit: "0f1d79f0e13f8591e1265c30a19ffc00b773608e",
    recorded: "2024-02",
    exchanges: [
      {
        send: `GET schedules/gone?${VERSION}`,
        status: 404,
        answerHeaders: REFUSED,
        answer: refusal("UserError", "Resource Trigger gone not found", "NotFound"),
        read: { by: "schedule", of: ["gone"], fails: ["schedule.not_found", '"gone"'] },
      },
    ],
  },
];
