import type { Warning } from "../core/errors.ts";
import { isFields } from "../core/json.ts";

/** A placeholder written by `init`, such as `<workspace>` or `<environment>@latest`. */
const PLACEHOLDER = /^<([^<>]+)>(@latest)?$/;

export const FILL_IN =
  "Run `kedro-azureml init`, which asks for what is missing; without Azure, run `kedro-azureml rehearse`, or add `--emulator`";

/** Whether a value is a placeholder written by `init`. */
export function isPlaceholder(value: unknown): value is string {
  return typeof value === "string" && PLACEHOLDER.test(value);
}

/** Gives each placeholder outside `jobs` a value that names nothing in Azure, for a run on this machine. */
export function fillPlaceholders<
  T extends { readonly azureml: { readonly jobs: unknown }; readonly warnings: readonly Warning[] },
>(config: T): T & { readonly hasPlaceholders?: boolean } {
  const { jobs, ...rest } = config.azureml;
  const warnings = config.warnings.filter(({ code }) => code !== "config.placeholder");
  if (warnings.length === config.warnings.length) return config;
  return { ...config, azureml: { ...filled(rest) as typeof rest, jobs }, warnings, hasPlaceholders: true };
}

function filled(value: unknown, key = ""): unknown {
  if (isPlaceholder(value)) {
    const [, name, label = ""] = PLACEHOLDER.exec(value)!;
    // A workspace named "workspace" reads like a mistake where its name is shown.
    if (key === "name") return "emulator";
    return key === "subscription_id" ? NO_SUBSCRIPTION : name!.replaceAll(/[^A-Za-z0-9-]+/g, "-") + label;
  }
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, filled(child, name)]));
}

export const NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
