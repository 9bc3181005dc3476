import { ownValue } from "../../core/json.ts";
import { factoriesWithoutJobs, type FoundJob } from "../../config/jobs.ts";
import type { LoadedConfig } from "../../config/azureml_yml.ts";
import { isPlaceholder } from "../../config/types.ts";
import { workspaceProblems } from "../../config/types.ts";
import { didYouMean } from "../../core/suggest.ts";
import { readSchedules } from "../schedules/from_config.ts";
import type { Finding } from "./finding.ts";
import { type CheckedJob, eachJob, type JobSubject, type OfflineCheck, selectionOf } from "./subject.ts";

/** Reports job factories that make no jobs, which would otherwise be missing without a word. */
export const emptyFactories: OfflineCheck = {
  question: "Does every job factory make jobs?",
  run: ({ config, place, snapshot: { pipelines } }) =>
    factoriesWithoutJobs({ azureml: config, place }, pipelines).map(({ message, place }): Finding => ({
      severity: "warning",
      code: "job.factory_empty",
      message,
      hint: "Run `kedro-azureml resolve-patterns` to see which jobs azureml.yml makes",
      place,
    })),
};

/** Reports keys of `compute` that no step can use: such a key is the tag of a node, or the compute of a job. */
export const unusedComputes: OfflineCheck = {
  question: "Is every key of `compute` used?",
  run({ config, place, snapshot: { pipelines } }) {
    const computes = Object.values(config.jobs).map(({ compute }) => compute ?? "");
    const tags = new Set(Object.values(pipelines).flatMap(({ nodes }) => nodes.flatMap(({ tags }) => tags)));
    const isUsed = (key: string) =>
      key === "__default__" || tags.has(key) ||
      // A job factory can make the name of any compute.
      computes.some((compute) => compute === key || compute.includes("{"));
    const free = [...tags].filter((tag) => !Object.hasOwn(config.compute, tag));
    return Object.keys(config.compute).filter((key) => !isUsed(key)).map((key): Finding => {
      const meant = didYouMean(key, free);
      return {
        severity: meant === "" ? "note" : "warning",
        code: "compute.unused_key",
        message:
          `"${key}" of \`compute\` is neither the tag of a node nor the compute of a job, so no step runs there${meant}`,
        hint: `Tag a node with "${key}", or remove the key`,
        place: place(["compute", key]),
      };
    });
  },
};

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

/** Reports workspaces of jobs whose subscription is not an ID, or whose names Azure does not allow. */
export const workspaceNames: OfflineCheck<JobSubject> = {
  question: "Can the workspace have these names?",
  run: ({ jobs, config, place }) =>
    jobs.flatMap(({ name, workspace }): Finding[] => {
      if (workspace === undefined) return [];
      const [key] = Object.entries(config.workspace).find(([, one]) => one === workspace) ?? [];
      // Placeholders are reported with the other keys.
      const problems = workspaceProblems(workspace).filter(({ code }) => code !== "config.placeholder");
      return problems.map(({ field, ...problem }) => ({
        severity: "error",
        ...(key !== undefined && { place: place(["workspace", key, field]) }),
        jobs: [name],
        ...problem,
      }));
    }),
};

/** Reports computes whose names Azure ML does not allow. */
export const computeNames = eachJob<JobSubject>(
  "Can the computes have these names?",
  ({ steps }, { config, place }) => {
    const wrong = (name: string) => !/^[A-Za-z0-9_-]+$/.test(name) && !isPlaceholder(name);
    return [...new Set(steps.map(({ compute }) => compute))].filter(wrong).map((name) => {
      const [key] = Object.entries(config.compute).find(([, one]) => one.cluster_name === name) ?? [];
      return {
        severity: "error",
        code: "compute.name",
        message: `"${name}" is not a name of a compute: Azure ML allows letters, digits and -`,
        hint: "Run `az ml compute list --query [].name --output tsv` with the workspace's names",
        ...(key !== undefined && { place: place(["compute", key, "cluster_name"]) }),
      };
    });
  },
);

/** Reports invalid schedules of jobs, and schedules of several jobs that would have one name. */
export const invalidSchedules: OfflineCheck<JobSubject> = {
  question: "Are the schedules valid?",
  run({ config, place, jobs }) {
    const problemsOf = (some: readonly CheckedJob[]) => {
      const configs = new Map(some.map(({ name, config }) => [name, config]));
      return readSchedules({ config, jobs: configs, place }).problems;
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

/** What Azure ML does with the schedules at a time although their keys do not say so. */
export function unexpectedSchedules(
  { azureml: config, place }: LoadedConfig,
  jobs: ReadonlyMap<string, FoundJob>,
  now: Date,
): Finding[] {
  return [...jobs].flatMap(([name, job]) =>
    readSchedules({ config, jobs: new Map([[name, job]]), place, now }).effects
      .map(({ key, problem, ...effect }): Finding => ({
        ...effect,
        message: `${key}: ${problem}`,
        jobs: [name],
      }))
  );
}

const SAME_NAME = "schedule.same_name";

/** Reports variables for a webhook or token that no step has. */
export const unsetNotificationVariables = eachJob(
  "Can notifications be sent?",
  (_, { config, passedVariables, place }, { config: job }) => {
    const name = job.notifications;
    const definition = name === null ? undefined : ownValue(config.notifications, name);
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
    const payload = name === null ? null : ownValue(subject.config.notifications, name)?.payload ?? null;
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
