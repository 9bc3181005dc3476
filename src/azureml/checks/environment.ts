import { UserError } from "../../core/errors.ts";
import { parseEnvironment } from "../compile/environment_ref.ts";
import type { OfflineCheck } from "./subject.ts";
import { eachJob, type JobSubject } from "./subject.ts";
import { type Finding, findingsOf } from "./finding.ts";

/** A job whose steps have nothing to run in. */
export const noEnvironment = eachJob<JobSubject>(
  "Is there an environment?",
  ({ environment }, { place }) =>
    environment !== undefined ? [] : [{
      severity: "error",
      code: "submit.no_environment",
      message: "Nothing names the environment that its steps run in",
      hint: "Set `execution.environment` in azureml.yml, or give `--aml-env NAME`",
      place: place(["execution", "environment"]),
    }],
);

/** What the environment's spelling means, and whether that can run. */
export const environmentKind = eachJob<JobSubject>(
  "Can the environment be found?",
  ({ environment }, { place, config: { execution } }) => {
    if (environment === undefined) return [];
    const isConfigured = environment === execution.environment;
    return kindFindings(environment, isConfigured ? "execution.environment" : "--aml-env").map((finding) => ({
      ...finding,
      ...(isConfigured && { place: place(["execution", "environment"]) }),
    }));
  },
);

/** @param source The key or the option that names the environment. */
function kindFindings(asked: string, source: string): Finding[] {
  let found;
  try {
    found = parseEnvironment(asked);
  } catch (thrown) {
    if (thrown instanceof UserError) return findingsOf(thrown);
    throw thrown;
  }
  if (found.kind === "id") return idFindings(found.id);
  if (found.kind === "image") return imageFindings(found.image);
  const { name, version, label } = found;
  if (version !== undefined) return [];
  if (label === "latest") return [latest(asked)];
  return [{
    severity: "error",
    code: "environment.no_version",
    message: label === undefined
      ? `The environment "${asked}" names no version`
      : `The environment "${asked}" has the label "${label}", which Azure ML does not know`,
    hint: `Write \`${name}@latest\` or \`${name}:<version>\` as \`${source}\``,
  }];
}

function latest(asked: string): Finding {
  return {
    severity: "note",
    code: "environment.latest",
    message:
      `"${asked}" is the version that was created last when the job is submitted, for all of its steps`,
    hint: "Run `kedro-azureml validate --online` to see which it is now",
  };
}

function idFindings(id: string): Finding[] {
  if (/\/versions\/[^/]+$/i.test(id)) return [];
  const isLabel = /\/labels\/[^/]+$/i.test(id);
  return [{
    severity: isLabel ? "warning" : "error",
    code: isLabel ? "environment.registry_label" : "environment.no_version",
    message: isLabel
      ? `The environment "${id}" names a label, and Azure ML does not resolve labels of a registry in a component`
      : `The environment "${id}" names no version`,
    hint: "End it with `/versions/<version>`",
  }];
}

function imageFindings(image: string): Finding[] {
  const isFixed = /@sha256:/.test(image) || (/:[^/]+$/.test(image) && !image.endsWith(":latest"));
  return isFixed ? [] : [{
    severity: "note",
    code: "environment.moving_image",
    message: `The image "${image}" may be another one with every run`,
    hint: "Name a tag that is not moved, or a digest",
  }];
}

/** What nobody can see from here. */
export const pluginInImage: OfflineCheck = {
  asks: "Does the environment have the plugin?",
  run: ({ jobs }) =>
    jobs.every(({ spec }) => spec === undefined) ? [] : [{
      severity: "note",
      code: "environment.plugin",
      message:
        "Every step runs `kedro azureml execute`, so the environment must have kedro-azureml-pipeline 0.1.0; that cannot be seen from here",
    }],
};

/** Where steps start, when no code is uploaded. */
export const workingDirectory: OfflineCheck = {
  asks: "Do the steps start in the project?",
  run({ config: { execution }, place }) {
    const { code_directory: code, working_directory: folder } = execution;
    if (code === null && folder === null) {
      return [{
        severity: "note",
        code: "environment.start_folder",
        message:
          "No code is uploaded and no working_directory is named, so that steps start in the image's own folder, which must be the project",
        place: place(["execution", "code_directory"]),
      }];
    }
    return code === null || folder === null ? [] : [{
      severity: "note",
      code: "environment.ignored_folder",
      message: `working_directory has no effect, because code is uploaded`,
      place: place(["execution", "working_directory"]),
    }];
  },
};
