import { placeText } from "../../../core/errors.ts";
import { followImports } from "../../../kedro/source/project_source.ts";
import type { Finding } from "./finding.ts";
import { neededModules } from "./needed_modules.ts";
import { eachJob, type OfflineCheck, selectionOf } from "./subject.ts";

/** Reports modules of the project that steps import but that are not uploaded. */
export const modulesInUpload: OfflineCheck = eachJob(
  "Are the project's modules uploaded?",
  (spec, subject) => {
    const selection = selectionOf(subject);
    const { folder, packageFolder } = subject.project;
    if (selection === undefined || folder.startsWith("..")) return [];
    const names = new Set(selection.files.map(({ name }) => name));
    const inCode = (path: string) => folder === "" ? path : `${folder}/${path}`;
    // An upload without any source is reported once.
    if (![...names].some((name) => name.startsWith(`${packageFolder}/`))) return [];
    const { modules } = followImports(subject.source, neededModules(spec, subject));
    return [...modules].flatMap((module): Finding[] => {
      const file = subject.source.fileOf(module);
      if (file === undefined || names.has(inCode(file))) return [];
      const by = selection.leftOut.find(({ name }) =>
        name === inCode(file) || (name.endsWith("/") && inCode(file).startsWith(name))
      );
      return [{
        severity: "error",
        code: "code.module_not_uploaded",
        message: `Module ${module} is imported by steps, but ${file} is not uploaded${
          by === undefined
            ? ""
            : by.place === undefined
            ? `: excluded as ${by.reason}`
            : `: excluded by ${placeText(by.place)} (${by.pattern})`
        }`,
        hint: by?.place === undefined
          ? `Add \`!${file}\` to .amlignore`
          : `Change line ${by.place.line} of ${by.place.file}`,
        place: by?.place,
      }];
    });
  },
);
