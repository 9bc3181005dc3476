import { isPlaceholder } from "../../../config/azureml/placeholder.ts";
import { didYouMean } from "../../../core/text/suggest.ts";
import { readSchedules } from "../../service/schedules/from_config.ts";
import type { Finding } from "./finding.ts";
import { type CheckedJob, eachJob, type JobSubject, type OfflineCheck, selectionOf } from "./subject.ts";

/** Reports jobs that name a workspace which azureml.yml does not define. */
export const unknownWorkspaces: OfflineCheck<JobSubject> = {
  question: "Is the workspace of every job defined?",
  run: ({ jobs, config, place, workspace }) =>
    jobs.filter((job) => job.workspace === undefined).map(({ name, config: job }): Finding => {
      const key = workspace ?? job.workspace ?? "__default__";
      const names = Object.keys(config.workspace);
      return {
        severity: "error",
        code: "workspace.unknown",
        message: `Workspace "${key}" is not defined in azureml.yml${didYouMean(key, names)}`,
        hint: `Use one of them, or add "${key}" to \`workspace\` in azureml.yml`,
        details: [`workspaces: ${names.join(", ")}`],
        ...(workspace === undefined && { place: place(["jobs", job.key, "workspace"]) }),
        jobs: [name],
      };
    }),
};

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Reports workspaces of jobs whose subscription is not an ID. */
export const subscriptionIds: OfflineCheck<JobSubject> = {
  question: "Is the subscription an ID?",
  run: ({ jobs, config, place }) =>
    jobs.flatMap(({ name, workspace }): Finding[] => {
      const id = workspace?.subscription_id;
      // Placeholders are reported with the other keys.
      if (id === undefined || GUID.test(id) || isPlaceholder(id)) return [];
      const [key] = Object.entries(config.workspace).find(([, one]) => one === workspace) ?? [];
      return [{
        severity: "error",
        code: "workspace.subscription_id",
        message: `"${id}" is not a subscription ID, which looks like 00000000-0000-0000-0000-000000000000`,
        hint: /^\s|\s$|^\/?subscriptions\//.test(id)
          ? "Write the ID alone"
          : `Run \`az account show --subscription "${id}" --query id --output tsv\``,
        ...(key !== undefined && { place: place(["workspace", key, "subscription_id"]) }),
        jobs: [name],
      }];
    }),
};

/** Reports invalid schedules of jobs, and schedules of several jobs that would have one name. */
export const invalidSchedules: OfflineCheck<JobSubject> = {
  question: "Are the schedules valid?",
  run({ config, place, jobs }) {
    const problemsOf = (some: readonly CheckedJob[]) => {
      const found = new Map(some.map(({ name, config }) => [name, config]));
      return readSchedules({ config, jobs: found, place }).problems;
    };
    const sameNames = problemsOf(jobs).filter(({ code }) => code === SAME_NAME);
    return jobs.flatMap((job) => {
      const own = problemsOf([job]).filter(({ code }) => code !== SAME_NAME);
      const shared = sameNames.filter(({ key }) => key.startsWith(`jobs.${job.config.key}.schedule`));
      return [...own, ...shared].map(({ code, key, problem, place }): Finding => ({
        severity: "error",
        code,
        message: `${key}: ${problem}`,
        place,
        jobs: [job.name],
      }));
    });
  },
};

const SAME_NAME = "schedule.same_name";

/** Reports variables for a webhook or token that no step has. */
export const unsetNotificationVariables = eachJob(
  "Can notifications be sent?",
  (_, { config, passedVariables, place }, { config: job }) => {
    const name = job.notifications;
    const definition = name === null ? undefined : config.notifications[name];
    if (definition === undefined) return [];
    const keys = ["webhook_env", "token_env"] as const;
    return keys.flatMap((key): Finding[] => {
      const variable = definition[key];
      if (variable === null || passedVariables.includes(variable)) return [];
      return [{
        severity: "warning",
        code: "notification.variable",
        message: `Notification "${name}" reads its ${
          key === "webhook_env" ? "address" : "token"
        } from variable ${variable}, which steps have only if their environment sets it`,
        hint: `Pass it with \`--env-var ${variable}=VALUE\`, or set it in the image`,
        place: place(["notifications", name!, key]),
      }];
    });
  },
);

/** Reports a notification payload function whose module is not uploaded. */
export const missingNotificationPayload = eachJob(
  "Is the function for notification payloads uploaded?",
  (_, subject, { config: job }) => {
    const name = job.notifications;
    const payload = name === null ? null : subject.config.notifications[name]?.payload ?? null;
    const selection = selectionOf(subject);
    const { packageFolder, packageName } = subject.project;
    const [module = ""] = (payload ?? "").split(":");
    if (selection === undefined || (module !== packageName && !module.startsWith(`${packageName}.`))) {
      return [];
    }
    const path = `${packageFolder}${module.slice(packageName.length).replaceAll(".", "/")}`;
    const isThere = selection.files.some((file) =>
      file.name === `${path}.py` || file.name === `${path}/__init__.py`
    );
    return isThere ? [] : [{
      severity: "warning",
      code: "notification.payload",
      message: `Notification "${name}" uses module ${module}, which is not among the uploaded files`,
      hint: `Change \`notifications.${name}.payload\` in azureml.yml`,
      place: subject.place(["notifications", name!, "payload"]),
    }];
  },
);
