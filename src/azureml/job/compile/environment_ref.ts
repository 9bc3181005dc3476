import { createHash } from "node:crypto";
import { isPlaceholder } from "../../../config/azureml/placeholder.ts";
import { UserError } from "../../../core/errors.ts";

/** A reference to an environment, as in `execution.environment`. */
export type EnvironmentRef =
  /** An environment of the workspace, with a version, a label such as `latest`, or neither. */
  | { readonly kind: "named"; readonly name: string; readonly version?: string; readonly label?: string }
  /** An id that is passed to Azure unchanged: an ARM id or a registry's id. */
  | { readonly kind: "id"; readonly id: string }
  /** A Docker image. */
  | { readonly kind: "image"; readonly image: string };

/**
 * Parses an environment reference.
 *
 * Names of Azure ML environments contain no slash, so anything with a slash that is not an id is an image, with or
 * without a port, a dot in its host, a tag or a digest.
 *
 * @throws {UserError} `environment.unclear` if it is none of these, `config.placeholder` for a placeholder from `init`.
 */
export function parseEnvironment(text: string): EnvironmentRef {
  const bare = text.startsWith("azureml:") && !text.startsWith("azureml://")
    ? text.slice("azureml:".length)
    : text;
  if (/^azureml:\/\//i.test(bare) || /^\/?subscriptions\//i.test(bare)) {
    return { kind: "id", id: bare.replace(/^subscriptions/i, "/subscriptions") };
  }
  if (bare.includes("/") && bare === text) return { kind: "image", image: text };
  const match =
    /^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:@(?<label>[A-Za-z0-9._-]+)|:(?<version>[A-Za-z0-9._-]+))?$/
      .exec(bare);
  if (isPlaceholder(text)) {
    throw new UserError(`Environment "${text}" is a placeholder that has not been filled in`, {
      code: "config.placeholder",
      hint: "Use `name@latest` or `name:version` of an environment in the workspace, or a Docker image",
    });
  }
  if (match?.groups === undefined) {
    throw new UserError(`"${text}" is not a valid environment`, {
      code: "environment.unclear",
      hint:
        "Use `name@latest`, `name:version`, an ID that starts with /subscriptions/ or azureml://, or an image with its registry",
    });
  }
  const { name, label, version } = match.groups;
  return {
    kind: "named",
    name: name!,
    ...(label === undefined ? {} : { label }),
    ...(version === undefined ? {} : { version }),
  };
}

/** The anonymous environment that azure-ai-ml creates for an image; its version is the reference's hash. */
export function anonymousImageEnvironment(image: string): { name: string; version: string; image: string } {
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  return { name: "CliV2AnonymousEnvironment", version: hash(hash(image)), image };
}
