import { Buffer } from "node:buffer";
import { basename } from "node:path";
import {
  ARGUMENT_BYTES,
  EXPERIMENT_NAME,
  JOB_LIMITS,
  REQUEST_BYTES,
  STEP_KEY,
} from "../../core/azure_limits.ts";
import { inQuotes } from "../../core/errors.ts";
import { countText } from "../../core/format.ts";
import { isFields } from "../../core/json.ts";
import { nearest } from "../../core/suggest.ts";
import type { Json } from "../../kedro/snapshot.ts";
import { planJob } from "../job/body.ts";
import { componentName, portName, stepKey } from "../job/names.ts";
import { nodesOfStep } from "../job/steps.ts";
import type { Finding } from "./finding.ts";
import { secretParameters, secretVariables } from "./secrets.ts";
import { eachJob, type JobSubject, nodesOfJob, type OfflineCheck, type Subject } from "./subject.ts";

/** The timeout includes pulling an image and mounting data, which takes about this long. */
const SHORT_TIMEOUT_SECONDS = 60;

/** Reports a job without steps. */
export const noSteps = eachJob<JobSubject>(
  "Does the job have steps?",
  (spec, { place }) =>
    spec.steps.length > 0 ? [] : [{
      severity: "error",
      code: "submit.no_steps",
      message: "The job has no steps",
      hint: `Change the pipeline or the filters in \`jobs.${spec.key}.pipeline\``,
      place: place(["jobs", spec.key, "pipeline"]),
    }],
);

/** Reports step names that Azure ML rejects. */
export const stepNames = eachJob<JobSubject>(
  "Does Azure ML accept the step names?",
  ({ steps, key: job }, { place }) => {
    const refused = steps.filter(({ key }) => !STEP_KEY.test(key));
    return refused.length === 0 ? [] : [{
      severity: "error",
      code: "submit.step_name",
      message:
        "Step names may contain only the letters a to z, digits and underscores, at most 255 characters",
      hint: "Rename the nodes",
      details: refused.map(({ node, key }) => `node "${node}" becomes step "${key}"`),
      place: place(["jobs", job, "pipeline"]),
    }];
  },
);

/** Reports inputs that no step writes and that are not in the catalog. */
export const undeclaredInputs = eachJob<JobSubject>("Does every input have a source?", (spec, subject) => {
  const { place, snapshot } = subject;
  const lost = spec.steps.flatMap((step) =>
    step.inputs.filter(({ from }) => from.kind === "undeclared")
      .flatMap(({ dataset }) =>
        nodesOfStep(step).filter(({ inputs }) => inputs.includes(dataset))
          .map(({ name }) => ({ node: name, dataset }))
      )
  );
  const names = [...new Set(lost.map(({ dataset }) => dataset))];
  const writers = (snapshot.pipelines?.[spec.pipelineName]?.nodes ?? [])
    .filter(({ outputs }) => outputs.some((name) => names.includes(name)))
    .map(({ name }) => `node "${name}"`);
  return names.length === 0 ? [] : [{
    severity: "error",
    code: "submit.undeclared_input",
    message: `${inQuotes(names)} ${
      names.length === 1 ? "is" : "are"
    } neither written by a step nor in the catalog`,
    hint: `Add ${names.length === 1 ? `"${names[0]}"` : "them"} to the catalog, or ${
      writers.length === 0
        ? "select more nodes"
        : `also run ${writers.length > 3 ? "the nodes that write them" : writers.join(", ")}`
    }`,
    details: lost.map(({ node, dataset }) => `node "${node}" reads "${dataset}"`),
    place: place(["jobs", spec.key, "pipeline"]),
  }];
});

/** Reports names that got a number because Azure ML would not distinguish them. */
export const collidingNames = eachJob("Are names unique?", ({ steps }) => {
  const renamed = steps.flatMap(({ node, key, inputs, outputs }) => [
    ...(key === stepKey(componentName(node)) ? [] : [`node "${node}" is step "${key}"`]),
    ...[...inputs, ...outputs].filter(({ name, dataset }) => name !== portName(dataset))
      .map(({ name, dataset }) => `dataset "${dataset}" of node "${node}" is "${name}"`),
  ]);
  return renamed.length === 0 ? [] : [{
    severity: "note",
    code: "job.renamed",
    message: "Names that are the same for Azure ML got a number",
    details: renamed,
  }];
});

/** Reports commands and variables that are too long to start a shell with. */
export const longCommands = eachJob("Is every command short enough to start?", ({ steps }) => {
  const long = steps.flatMap(({ node, command, environmentVariables }) => [
    ...(Buffer.byteLength(command) > ARGUMENT_BYTES
      ? [`the command of node "${node}" has ${Buffer.byteLength(command)} bytes`]
      : []),
    ...Object.entries(environmentVariables)
      .filter(([name, value]) => Buffer.byteLength(name + value) > ARGUMENT_BYTES)
      .map(([name]) => `variable ${name} of node "${node}" is longer`),
  ]);
  return long.length === 0 ? [] : [{
    severity: "error",
    code: "job.long_command",
    message: `Commands and variables can have at most ${ARGUMENT_BYTES} bytes on Linux`,
    hint: "Move large parameters from the job into conf/base/parameters.yml",
    details: long,
  }];
});

/** Reports a job that is larger than a request may be. */
export const largeJob = eachJob(
  "Is the job small enough for one request?",
  (spec, { project, properties }, { workspace }) => {
    if (workspace === undefined) return [];
    const { body } = planJob(spec, {
      workspace,
      code: undefined,
      properties,
      experiment: basename(project.root),
    });
    const bytes = Buffer.byteLength(JSON.stringify(body));
    return bytes <= REQUEST_BYTES ? [] : [{
      severity: "error",
      code: "job.too_large",
      message: `The job has ${bytes} bytes as JSON; Azure allows at most ${REQUEST_BYTES}`,
      hint: "Split the pipeline into several jobs, or pass fewer parameters",
    }];
  },
);

/** Reports an experiment name that Azure ML rejects; one that is derived from the folder is always valid. */
export const experimentNames = eachJob<JobSubject>(
  "Does Azure ML accept the experiment name?",
  ({ experimentName, key }, { place }, { config }) => {
    if (experimentName === undefined || EXPERIMENT_NAME.test(experimentName)) return [];
    const isOwn = Boolean(config.experiment_name);
    return [{
      severity: "error",
      code: "job.experiment_name",
      message:
        `"${experimentName}" is not a valid experiment name: Azure ML allows at most 256 letters, digits, "_" and "-", and the first must be a letter or a digit`,
      hint: isOwn
        ? `Change \`jobs.${key}.experiment_name\` in azureml.yml`
        : "Change `tracking.experiment.name` in mlflow.yml",
      ...(isOwn && { place: place(["jobs", key, "experiment_name"]) }),
    }];
  },
);

/** Reports texts that are longer than Azure ML allows. */
export const longTexts = eachJob<JobSubject>(
  "Are the job's texts short enough?",
  ({ displayName, pipelineName, description = "", key }, { place }) => {
    const { displayNameCharacters, descriptionCharacters } = JOB_LIMITS;
    const texts = [
      ["display name", displayName || pipelineName, displayNameCharacters, "display_name"],
      ["description", description, descriptionCharacters, "description"],
    ] as const;
    return texts.filter(([, text, most]) => text.length > most).map(([what, text, most, field]) => ({
      severity: "error",
      code: "job.long_text",
      message: `The ${what} has ${text.length} characters; Azure ML allows at most ${most}`,
      hint: `Shorten \`jobs.${key}.${field}\``,
      place: place(["jobs", key, field]),
    }));
  },
);

/** Reports secrets that anyone who can read the job can see. */
export const visibleSecrets = eachJob("Does the job show a secret?", ({ steps }) => {
  const names = steps.flatMap((step) => [...secretVariables(step), ...secretParameters(step)]);
  return names.map((name) => ({
    severity: "note",
    code: "job.visible_secret",
    message: `Anyone who can read the job can see the value of ${name}`,
    hint: "Read it from a key vault in the step",
  }));
});

/** Reports a time limit that stops steps before they start. */
export const shortTimeout = eachJob("Is the time limit long enough?", (spec, { place }) => {
  const seconds = spec.steps[0]?.timeoutSeconds;
  if (seconds === undefined || seconds >= SHORT_TIMEOUT_SECONDS) return [];
  return [{
    severity: "warning",
    code: "job.short_timeout",
    message: `Each step is stopped after ${seconds} s, which includes starting its container and Kedro`,
    hint: `Raise \`jobs.${spec.key}.limits.timeout\` in azureml.yml`,
    place: place(["jobs", spec.key, "limits", "timeout"]),
  }];
});

/** Reports steps whose machine type Azure ML chooses. */
export const serverless = eachJob("Is the machine type of every step known?", ({ steps }) => {
  const chosen = steps.filter(({ compute }) => compute === "serverless");
  return chosen.length === 0 ? [] : [{
    severity: "note",
    code: "compute.serverless",
    message:
      "Azure ML chooses the machine type of steps on serverless compute, within the subscription's quota",
    details: chosen.map(({ node }) => `node "${node}"`),
  }];
});

/** Reports how many container starts groups of nodes save. */
export const groups = eachJob("How many containers start?", ({ steps }) => {
  const grouped = steps.flatMap(({ node, nodes }) => nodes === undefined ? [] : [{ node, nodes }]);
  if (grouped.length === 0) return [];
  const timeout = steps[0]?.timeoutSeconds;
  const saved = grouped.reduce((sum, { nodes }) => sum + nodes.length - 1, 0);
  return [{
    severity: "note",
    code: "job.groups",
    message: `${countText(steps.length + saved, "node")} run in ${
      countText(steps.length, "step")
    }, which saves ${countText(saved, "container start")} of half a minute to several minutes each`,
    details: grouped.map(({ node, nodes }) =>
      `step "${node}" runs ${inQuotes(nodes.map(({ name }) => name))}`
    ),
    ...(timeout !== undefined && {
      hint: `Make sure that \`limits.timeout\` (${timeout} s) is enough for all nodes of a step`,
    }),
  }];
});

/** Reports checkouts from which a run cannot be reproduced: a detached HEAD, uncommitted changes. */
export const checkoutState: OfflineCheck = {
  question: "Can the run be reproduced from git?",
  run({ properties }) {
    const branch = properties["mlflow.source.git.branch"];
    const commit = properties["mlflow.source.git.commit"];
    if (commit === undefined) return [];
    const short = commit.slice(0, 12);
    return [
      ...(branch === undefined
        ? [
          {
            severity: "note",
            code: "git.detached",
            message: `No branch is checked out, so the job records only commit ${short}`,
            hint: "Set AZUREML_GIT_BRANCH to the branch name",
          } as const,
        ]
        : []),
      ...(properties["azureml.git.dirty"] === "True"
        ? [
          {
            severity: "note",
            code: "git.dirty",
            message: `There are uncommitted changes; the job records commit ${short} without them`,
            hint: "Commit the changes",
          } as const,
        ]
        : []),
    ];
  },
};

/** Hooks with which a project can add parameters after its configuration was read. */
const ADDING_HOOK = /def (?:after_(?:catalog|context)_created|before_pipeline_run)\b/;

/** Reports parameters that nodes read but that no parameters file, job or option defines. */
export const missingParameters = eachJob("Are the parameters defined?", (spec, subject, { config }) => {
  const { snapshot, source } = subject;
  const nodes = nodesOfJob(spec, snapshot);
  const sets = [snapshot.parameters ?? {}, config.params ?? {}] as readonly Readonly<Record<string, Json>>[];
  const missing = new Map<string, string[]>();
  for (const { name, inputs } of nodes) {
    for (const input of inputs) {
      if (!input.startsWith("params:") || Object.hasOwn(snapshot.catalog, input)) continue;
      const path = input.slice("params:".length);
      if (!sets.some((values) => hasPath(values, path))) {
        missing.set(path, [...missing.get(path) ?? [], name]);
      }
    }
  }
  if (missing.size === 0) return [];
  const paths = sets.flatMap((values) => pathsOf(values));
  const hook = source.placeOf(ADDING_HOOK);
  return [...missing].map(([path, readers]): Finding => {
    const meant = paths.find((name) => name.endsWith(`.${path}`)) ?? nearest(path, paths);
    return {
      severity: hook === undefined ? "error" : "warning",
      code: "params.missing",
      message: `${readers.map((node) => `Node "${node}"`).join(", ")} read${
        readers.length === 1 ? "s" : ""
      } "params:${path}", which no parameters file defines${
        hook === undefined ? "" : `, unless the hook in ${hook.file}:${hook.line} adds it`
      }`.replaceAll(", Node", ", node"),
      hint: meant === undefined
        ? `Add \`${path}\` to ${parametersFile(subject)}, or ${
          Object.hasOwn(subject.config.jobs, spec.key)
            ? `to \`jobs.${spec.key}.params\` in azureml.yml`
            : "pass it with `--params`"
        }`
        : `Did you mean "params:${meant}"?`,
      place: placeOf(subject, path),
    };
  });
});

/** Where the code names a parameter; else a parameters file. */
function placeOf({ source, conf }: Subject, path: string): Finding["place"] {
  const place = source.placeOf(new RegExp(`["']params:${RegExp.escape(path)}["']`));
  const file = conf.files.find((name) => /(?:^|\/)parameters[^/]*$/.test(name));
  return place ?? (file === undefined ? undefined : { file, line: 1, column: 1 });
}

function parametersFile({ conf }: Subject): string {
  return conf.files.find((name) => /\/parameters[^/]*$/.test(name)) ?? `${conf.folders.base}/parameters.yml`;
}

/** Whether Kedro has `params:path`: a key at the top level, or one below mappings. */
function hasPath(values: Readonly<Record<string, Json>>, path: string): boolean {
  if (Object.hasOwn(values, path)) return true;
  return Object.entries(values).some(([key, value]) =>
    path.startsWith(`${key}.`) && isFields(value) && hasPath(value, path.slice(key.length + 1))
  );
}

function pathsOf(values: Readonly<Record<string, Json>>, above = ""): string[] {
  return Object.entries(values).flatMap(([key, value]) => [
    above + key,
    ...(isFields(value) ? pathsOf(value, `${above}${key}.`) : []),
  ]);
}
