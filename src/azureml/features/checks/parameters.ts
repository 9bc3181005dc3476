import { isFields } from "../../../core/fields.ts";
import { nearest } from "../../../core/text/suggest.ts";
import type { Json } from "../../../kedro/snapshot.ts";
import type { Finding } from "./finding.ts";
import { eachJob, nodesOfJob, type Subject } from "./subject.ts";

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
