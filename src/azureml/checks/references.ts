import { COMPUTE_NAME, COMPUTE_NAME_RULE } from "../../core/azure_limits.ts";
import { ownValue } from "../../core/json.ts";
import { factoriesWithoutJobs, type FoundJob } from "../../config/jobs.ts";
import type { LoadedConfig } from "../../config/azureml_yml.ts";
import { isPlaceholder } from "../../config/init_placeholders.ts";
import { workspaceProblems } from "../../config/workspace.ts";
import type { Place } from "../../core/errors.ts";
import { didYouMean, isSlip } from "../../core/suggest.ts";
import { readSchedules } from "../schedules/from_config.ts";
import { passHint } from "./code_needs.ts";
import type { Finding } from "./finding.ts";
import { type Check, type CheckedJob, type JobSubject, projectRow, row, selectionOf } from "./subject.ts";

// job.none: azureml.yml has no jobs, so nothing was checked. Add one below `jobs`.
export const noJobs = projectRow<true>("job.none", {
  asks: "Are there jobs to check?",
  severity: "warning",
  find: ({ jobs }) => jobs.length === 0 ? [true] : [],
  says: "azureml.yml has no jobs, so there is nothing to check",
  hint: "Add one below `jobs`, or check a pipeline without a job: `kedro-azureml validate -p NAME`",
  place: (_, { place }) => place(["jobs"]),
});

// They would otherwise be missing without a word.
// job.factory_empty: A job factory makes no jobs, because no namespace of its pipeline matches. Correct
//   `node_namespaces`.
export const emptyFactories = projectRow("job.factory_empty", {
  asks: "Does every job factory make jobs?",
  severity: "warning",
  find: ({ config, place, snapshot: { pipelines } }) =>
    factoriesWithoutJobs({ azureml: config, place }, pipelines),
  says: ({ message }) => message,
  hint: "Run `kedro-azureml config jobs` to see which jobs azureml.yml makes",
  place: ({ place }) => place,
});

// compute.unused_key: No node has this key of `compute` as a tag, and no job uses it. Correct it, or remove
//   it.
export const unusedComputes = projectRow("compute.unused_key", {
  asks: "Is every key of `compute` used?",
  find({ config, snapshot: { pipelines } }) {
    const computes = Object.values(config.jobs).map(({ compute }) => compute ?? "");
    const tags = new Set(Object.values(pipelines).flatMap(({ nodes }) => nodes.flatMap(({ tags }) => tags)));
    const isUsed = (key: string) =>
      key === "__default__" || tags.has(key) ||
      // A job factory can make the name of any compute.
      computes.some((compute) => compute === key || compute.includes("{"));
    const free = [...tags].filter((tag) => !Object.hasOwn(config.compute, tag));
    return Object.keys(config.compute).filter((key) => !isUsed(key))
      .map((key) => ({ key, meant: didYouMean(key, free) }));
  },
  severity: ({ meant }) => meant === "" ? "note" : "warning",
  says: ({ key, meant }) =>
    `"${key}" of \`compute\` is neither the tag of a node nor the compute of a job, so no step runs there${meant}`,
  hint: ({ key }) => `Tag a node with "${key}", or remove the key`,
  place: ({ key }, { place }) => place(["compute", key]),
});

// dataset.mistyped: No node uses an entry of the catalog, and a dataset without an entry has nearly its name. Rename the
//   entry.
export const mistypedEntries = projectRow<{ entry: string; meant: string }>("dataset.mistyped", {
  asks: "Do the entries of the catalog have the names that nodes use?",
  severity: "warning",
  find({ snapshot: { catalog, pipelines }, source }) {
    const nodes = Object.values(pipelines).flatMap(({ nodes }) => nodes);
    const written = [...new Set(nodes.flatMap(({ outputs }) => outputs))];
    const used = new Set([...written, ...nodes.flatMap(({ inputs }) => inputs)]);
    return Object.keys(catalog).filter((entry) => !used.has(entry)).flatMap((entry) => {
      // An input without an entry is an error of its own.
      const meant = written.find((name) => !Object.hasOwn(catalog, name) && isSlip(entry, name));
      const isNamed = () => source.placeOf(new RegExp(`["']${RegExp.escape(entry)}["']`)) !== undefined;
      return meant === undefined || isNamed() ? [] : [{ entry, meant }];
    });
  },
  says: ({ entry, meant }) =>
    `No node uses "${entry}" of the catalog (did you mean "${meant}", which has no entry?)`,
  hint: ({ entry, meant }) => `Rename "${entry}" to "${meant}"`,
  place: ({ entry }, { conf }) => conf.placeOfDataset(entry),
});

// compute.unknown_key: The compute of a job is no key of `compute`, so it is taken for the name of a cluster. Correct it,
//   or add it to `compute`.
export const unknownComputes = row<{ typed: string; keys: readonly string[]; key: string }, JobSubject>(
  "compute.unknown_key",
  {
    asks: "Is the compute of a job a key of `compute`?",
    severity: "warning",
    find({ spec: { key, compute: cluster }, config: { compute: typed } }, { config: { compute } }) {
      const keys = Object.keys(compute);
      const clusters = Object.values(compute).map(({ cluster_name: name }) => name);
      return typed === null || keys.includes(typed) || clusters.includes(cluster)
        ? []
        : [{ typed, keys, key }];
    },
    says: ({ typed, keys }) =>
      `"${typed}" is no key of \`compute\`, so it is taken for the name of a cluster${
        didYouMean(typed, keys)
      }`,
    hint: ({ typed }) => `Correct it, or add it to \`compute\`: \`${typed}: {cluster_name: NAME}\``,
    place: ({ key }, { place }) => place(["jobs", key, "compute"]),
  },
);

export const workspaceNames: Check<JobSubject> = {
  asks: "Can the workspace have these names?",
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

// compute.name: Azure ML does not allow the name of the compute in azureml.yml. Correct it.
export const computeNames = row<{ name: string; key: string }, JobSubject>("compute.name", {
  asks: "Can the computes have these names?",
  severity: "error",
  find: ({ spec: { key, steps } }) =>
    [...new Set(steps.map(({ compute }) => compute))]
      .filter((name) => !COMPUTE_NAME.test(name) && !isPlaceholder(name))
      .map((name) => ({ name, key })),
  says: ({ name }) => `"${name}" is not a name of a compute: ${COMPUTE_NAME_RULE}`,
  hint:
    'Run `az ml compute list --query "[].name" --output tsv` with `--workspace-name`, `--resource-group` and `--subscription`',
  place: ({ name, key }, subject) => placeOfCompute(subject, name, key),
});

/** Where azureml.yml names a compute of a job. @param key The job's key. */
export function placeOfCompute(
  { config: { compute, jobs }, place }: Pick<JobSubject, "config" | "place">,
  name: string,
  key: string,
): Place {
  const [entry] = Object.entries(compute).find(([, one]) => one.cluster_name === name) ?? [];
  if (entry !== undefined) return place(["compute", entry, "cluster_name"]);
  return place(ownValue(jobs, key)?.compute == null ? ["compute"] : ["jobs", key, "compute"]);
}

export const invalidSchedules: Check<JobSubject> = {
  asks: "Are the schedules valid?",
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

// notification.variable: A notification reads a variable that steps lack. Pass it with `--env-var`, or set it
//   in the image.
export const unsetNotificationVariables = row("notification.variable", {
  asks: "Can notifications be sent?",
  severity: "warning",
  find({ config: { notifications: name } }, { config, passedVariables }) {
    const definition = name === null ? undefined : ownValue(config.notifications, name);
    const keys = definition === undefined ? [] : ["webhook_env", "token_env"] as const;
    return keys.map((key) => ({ name: name!, key, variable: definition![key] }))
      .filter(({ variable }) => variable !== null && !passedVariables.includes(variable));
  },
  says: ({ name, key, variable }) =>
    `Notification "${name}" reads its ${
      key === "webhook_env" ? "address" : "token"
    } from variable ${variable}, which steps have only if their environment sets it`,
  hint: ({ variable }) => passHint(variable!),
  place: ({ name, key }, { place }) => place(["notifications", name, key]),
});

// notification.payload: A file that notifications need is not uploaded. Add it, or change the notification.
export const missingNotificationPayload = row("notification.payload", {
  asks: "Is the function for notification payloads uploaded?",
  severity: "warning",
  find({ config: { notifications: name } }, subject) {
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
    return isThere ? [] : [{ name: name!, module }];
  },
  says: ({ name, module }) =>
    `Notification "${name}" uses module ${module}, which is not among the uploaded files`,
  hint: ({ name }) => `Change \`notifications.${name}.payload\` in azureml.yml`,
  place: ({ name }, { place }) => place(["notifications", name, "payload"]),
});
