import { isFields } from "../../core/fields.ts";
import { createHash } from "node:crypto";
import type { ComponentSpec } from "../check/job_shapes.ts";
import type { EmulatedWorkspace } from "../world/world.ts";
import { compareText } from "../../core/text/names.ts";

/** Kinds of distribution as Azure ML writes them. */
const DISTRIBUTIONS = { pytorch: "Pytorch", tensorflow: "TensorFlow", mpi: "Mpi" } as const;
/** The version that `@latest` of an environment in a registry stands for. */
const CURATED_LATEST = "36";

/** A component's specification as Azure ML returns it. */
export type CompletedSpec = Readonly<Record<string, unknown>>;

/**
 * Completes a specification as Azure ML does: without its source, with an instance count, numbers and booleans as text,
 * and environments of registries by the id of a version. The instance type is dropped.
 */
export function completedSpec({ _source, id: _id, ...spec }: ComponentSpec): CompletedSpec {
  const { instance_count: count, instance_type: _type, ...resources } = spec.resources ?? {};
  const inputs = Object.entries(spec.inputs ?? {}).map(([name, input]) => {
    const optional = String(input.optional ?? false).toLowerCase() === "true";
    return [name, texts({ ...input, optional })] as const;
  });
  const { distribution } = spec;
  return texts({
    ...spec,
    is_deterministic: spec.is_deterministic ?? true,
    inputs: inputs.length === 0 ? undefined : Object.fromEntries(inputs),
    environment: registryId(spec.environment),
    resources: texts({ instance_count: count ?? 1, ...resources }),
    distribution: distribution && texts({ ...distribution, type: DISTRIBUTIONS[distribution.type] }),
  });
}

/** The version that Azure ML gives an anonymous component: one for each specification, its name included. */
export function anonymousVersion({ id }: EmulatedWorkspace, spec: CompletedSpec): string {
  const hash = createHash("sha256").update(`${id.toLowerCase()} ${canonical(spec)}`).digest("hex");
  return hash.slice(0, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-a$4-$5");
}

/** Fields of a component that may change. */
const CHANGEABLE = ["display_name", "description", "tags", "properties"];

/** A field that may not change and differs between two specifications; `undefined` if there is none. */
export function changedField(before: CompletedSpec, after: CompletedSpec): string | undefined {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].find((name) =>
    !CHANGEABLE.includes(name) && canonical(before[name]) !== canonical(after[name])
  );
}

/** The id of a curated environment, or of one that a registry has under a label. */
function registryId(reference: string): string {
  const [, name, version = CURATED_LATEST] =
    /^azureml:(AzureML-[\w.-]+)(?::([\w.-]+)|@latest)?$/.exec(reference) ??
      [];
  return name === undefined
    ? reference.replace(/^(azureml:\/\/registries\/.+)\/labels\/[^/]+$/, `$1/versions/${CURATED_LATEST}`)
    : `azureml://registries/azureml/environments/${name}/versions/${version}`;
}

/** Drops what is not set, and writes numbers and booleans as text, the latter as in Python. */
function texts(values: Readonly<Record<string, unknown>>): CompletedSpec {
  const textOf = (value: unknown) =>
    typeof value === "boolean" ? value ? "True" : "False" : typeof value === "number" ? String(value) : value;
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [name, textOf(value)]),
  );
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, child) =>
      isFields(child)
        ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => compareText(a, b)))
        : child,
  ) ?? "undefined";
}
