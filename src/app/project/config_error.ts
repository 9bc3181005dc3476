import { type ConfFiles, readConfFiles } from "../../config/layers/conf_files.ts";
import type { LoadOptions } from "../../config/layers/layers.ts";
import type { Context } from "../../core/context.ts";
import { changedError, type UserError } from "../../core/errors.ts";
import { nearest } from "../../core/text/suggest.ts";

/**
 * Adds to an error of Kedro about the catalog or the parameters where the value is written, and the name that is
 * probably meant; other errors are returned unchanged.
 */
export async function explainConfigError(
  ctx: Pick<Context, "fs">,
  load: LoadOptions,
  error: UserError,
): Promise<UserError> {
  const [, kind] = /^kedro\.(catalog|parameters)$/.exec(error.code) ?? [];
  if (kind === undefined) return error;
  const { message } = error;
  const conf = await readConfFiles(ctx, load);
  // OmegaConf names the value in a line of its own.
  const [, key] = /\n *full_key: (\S+)/.exec(message) ?? /Catalog entry '([^']+)'/.exec(message) ?? [];
  const place = error.place ?? (key === undefined ? undefined : conf.placeOfKey(kind, key));
  const hint = hintFor(message, kind, { conf, load }) ?? error.hint;
  return changedError(error, {
    hint,
    ...(place !== undefined && {
      message: message.replace(/\n *full_key: \S+/, ""),
      place: { ...place, ...(key !== undefined && { key }) },
    }),
  });
}

interface Known {
  readonly conf: ConfFiles;
  readonly load: LoadOptions;
}

function hintFor(message: string, kind: string, { conf, load: { settings } }: Known): string | undefined {
  const matched = (pattern: RegExp) => pattern.exec(message)?.[1];
  const global = matched(/Globals key '([^']+)' not found/);
  if (global !== undefined) {
    const meant = nearest(global, conf.keys("globals").keys());
    return meant === undefined ? `Add \`${global}\` to globals.yml` : `Did you mean "\${globals:${meant}}"?`;
  }
  const runtime = matched(/Runtime parameter '([^']+)' not found/);
  if (runtime !== undefined) {
    return `Pass it with \`--params ${runtime}=VALUE\`, or write \`\${runtime_params:${runtime}, DEFAULT}\``;
  }
  const key = matched(/Interpolation key '([^']+)' not found/);
  if (key !== undefined) {
    const meant = nearest(key, conf.keys(kind).keys());
    return meant === undefined ? `Add \`${key}\` to the ${kind}` : `Did you mean "\${${meant}}"?`;
  }
  const resolver = matched(/Unsupported interpolation type (\S+)/);
  if (resolver !== undefined && resolver !== "oc.env") {
    const meant = nearest(resolver, [...settings.custom_resolvers, "globals", "runtime_params"]);
    return meant === undefined
      ? `Register \`${resolver}\` in \`custom_resolvers\` of CONFIG_LOADER_ARGS in settings.py`
      : `Did you mean "\${${meant}:…}"?`;
  }
  return /^[^\n]*Duplicate keys found/.test(message) && !settings.base_env
    ? 'Add `"base_env": "base", "default_run_env": "local"` to CONFIG_LOADER_ARGS in settings.py, which replaces those of Kedro'
    : undefined;
}
