import { findingOf } from "./finding.ts";
import type { OfflineCheck } from "./subject.ts";

/** Codes of warnings that stop a job: placeholders from `init`, and projects whose steps the plugin cannot run. */
export const STOPPING: readonly string[] = ["config.placeholder", "kedro.old"];

/**
 * Turns warnings of reading and compiling into findings, except one that has its own check; those in
 * {@linkcode STOPPING} become errors.
 */
export const configWarnings: OfflineCheck = {
  question: "Does the configuration have problems?",
  run: ({ warnings }) =>
    warnings.filter(({ code }) => code !== "compile.not_in_catalog").map((warning) => ({
      ...findingOf(warning),
      ...(STOPPING.includes(warning.code) && { severity: "error" }),
    })),
};
