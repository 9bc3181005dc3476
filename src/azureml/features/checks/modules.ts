import { shownName } from "../../../core/text/sanitize.ts";
import { nearest } from "../../../core/text/suggest.ts";
import { followImports } from "../../../kedro/source/project_source.ts";
import { addTo } from "../../job/code/ignore_file.ts";
import { allowHint } from "../../job/code/walk.ts";
import type { JobSpec } from "../../job/job_spec.ts";
import { definitionsOf } from "../catalog/dataset_definitions.ts";
import type { Finding } from "./finding.ts";
import {
  createdEntries,
  eachJob,
  exclusionText,
  nodesOfJob,
  type OfflineCheck,
  type Subject,
  uploadOf,
} from "./subject.ts";

/** Reports modules of the project that steps import but that are not uploaded. */
export const modulesInUpload: OfflineCheck = eachJob(
  "Are the project's modules uploaded?",
  (spec, subject) => {
    const upload = uploadOf(subject);
    const { folder, packageFolder } = subject.project;
    if (upload === undefined || folder.startsWith("..")) return [];
    // An upload without any source is reported once.
    if (![...upload.names].some((name) => name.startsWith(`${packageFolder}/`))) return [];
    const { modules } = followImports(subject.source, neededModules(spec, subject));
    return [...modules].flatMap((module): Finding[] => {
      const file = subject.source.fileOf(module);
      if (file === undefined || upload.has(file)) return [];
      const by = upload.leftOutBy(file);
      return [{
        severity: "error",
        code: "code.module_not_uploaded",
        message: `Module ${module} is imported by steps, but ${file} is not uploaded${
          by === undefined ? "" : `: ${exclusionText(by)}`
        }`,
        hint: by?.target !== undefined
          ? allowHint(by.target)
          : by?.place === undefined
          ? addTo(upload.ignoreFile, `!${file}`)
          : `Change line ${by.place.line} of ${by.place.file}`,
        place: by?.place,
      }];
    });
  },
);

/** Reports files that the project's code reads when Kedro starts, also in steps, but that are not uploaded. */
export const filesInUpload: OfflineCheck = {
  question: "Are the files uploaded that the project's code reads when Kedro starts?",
  run(subject) {
    const upload = uploadOf(subject);
    if (upload === undefined || subject.project.folder.startsWith("..")) return [];
    return (subject.snapshot.files_read ?? []).filter(({ file }) => !upload.has(file)).map((
      { file, place },
    ): Finding => {
      const by = upload.leftOutBy(file);
      return {
        severity: "warning",
        code: "code.file_not_uploaded",
        message: `The code reads ${shownName(file)} when Kedro starts, but the file is not uploaded${
          by === undefined ? "" : `: ${exclusionText(by)}`
        }`,
        hint: `${addTo(upload.ignoreFile, `!${shownName(file)}`)}, unless the code also works without it`,
        place,
      };
    });
  },
};

/** Reports imports of the project's own modules that do not exist, such as those in functions that no reading runs. */
export const missingModules: OfflineCheck = eachJob(
  "Does the project have the modules that its steps import?",
  (spec, subject) => {
    const functions = functionNames(spec, subject.snapshot);
    const { missing } = followImports(subject.source, neededModules(spec, subject));
    return missing.map(({ module, by, file, line, column, when, inside }): Finding => {
      const isCertain = when === "always" || functions.has(`${by}:${inside}`);
      const parent = module.split(".").slice(0, -1).join(".");
      const names = [...subject.source.read(parent)?.names ?? []].map((name) => `${parent}.${name}`);
      const meant = nearest(module, [...subject.source.modules, ...names]);
      return {
        severity: isCertain ? "error" : "warning",
        code: "code.module_missing",
        message: `The code imports ${module}, which the project does not have${
          isCertain ? "" : `, if a step calls ${inside}()`
        }`,
        hint: meant === undefined ? "Correct the import, or add it" : `Did you mean "${meant}"?`,
        place: { file, line, column },
      };
    });
  },
);

/**
 * Modules of the project that every step of a job imports: what Kedro imports at its start, the functions of the job's
 * nodes with the packages of their pipelines, and the classes of the catalog. Other pipelines do not count, because
 * Kedro skips a pipeline that cannot be imported.
 */
export function neededModules(
  spec: JobSpec,
  subject: Pick<Subject, "snapshot" | "conf" | "source" | "project">,
): string[] {
  const { snapshot, source, project: { packageName } } = subject;
  const functions = [...functionNames(spec, snapshot)].map((name) => name.split(":")[0]!);
  const starts = ["settings", "pipeline_registry", "cli", "hooks"].map((name) => `${packageName}.${name}`);
  const classes = createdEntries(spec, subject).flatMap(([name, entry]) =>
    definitionsOf(name, entry).map(({ type }) => type.split(".").slice(0, -1).join("."))
  );
  return [packageName, ...starts, ...functions, ...classes]
    .filter((module) => source.read(module) !== undefined);
}

/** The functions of a job's nodes, such as `shop.nodes:split`. */
export function functionNames(spec: JobSpec, snapshot: Subject["snapshot"]): ReadonlySet<string> {
  return new Set(nodesOfJob(spec, snapshot).map(({ func }) => func));
}
