import type { ComponentVersion } from "@azure/arm-machinelearning";
import type { Step } from "../job_spec.ts";
import type { Pinned } from "./job_body.ts";
import { byName, compact, processes, resourcesOf } from "./records.ts";
import { createHash } from "node:crypto";
import { pythonJson } from "../../../core/text/python_json.ts";
import { uuidForm } from "../../../core/hash.ts";

/** The `componentSpec` of a step; its hash becomes the component's version, see `componentVersion()`. */
export function componentSpec(
  step: Step,
  pinned: Pick<Pinned, "environment" | "code">,
): Record<string, unknown> {
  const { distribution } = step;
  return compact({
    command: step.command,
    code: pinned.code === undefined ? undefined : `azureml:${pinned.code}`,
    environment: pinned.environment,
    resources: resourcesOf(step),
    distribution: distribution && { type: distribution.type, ...processes(distribution) },
    name: step.name,
    display_name: step.displayName,
    is_deterministic: step.isDeterministic,
    inputs: byName(step.inputs, ({ name, type }) => [name, { type }]),
    outputs: byName(step.outputs, ({ name, type }) => [name, { type }]),
    type: "command",
    _source: "BUILDER",
  });
}

/** The request body that registers a component as anonymous, so that no list of the workspace shows it. */
export function componentBody(spec: Record<string, unknown>): unknown {
  return {
    properties: { componentSpec: spec, isAnonymous: true, isArchived: false, properties: {}, tags: {} },
  } satisfies ComponentVersion;
}

/**
 * Derives the version of an anonymous component from its content, as azure-ai-ml does, so that equal steps of
 * different jobs share a component.
 *
 * @param spec The `componentSpec` to send; its name, version, id and `_source` are ignored.
 * @returns The first half of the hash in the form of a UUID.
 */
export function componentVersion(spec: Readonly<Record<string, unknown>>): string {
  const { name: _name, version: _version, id: _id, _source, ...content } = spec;
  return uuidForm(createHash("sha256").update(pythonJson(content, { sortKeys: true })).digest("hex"));
}
