import type { StepFailure } from "../../app/job/logs.ts";
import { harmless } from "../../core/text/sanitize.ts";

/** Renders why a step failed, with the place in the project in a line of its own; without a line break at the end. */
export function failureText({ step, node, reason, place }: StepFailure): string {
  return `✗ ${step}${node === undefined ? "" : `, node ${node}`}: ${reasonText(reason)}${
    place === undefined ? "" : `\n  at ${harmless(place)}`
  }`;
}

/** The reason of a failure. Its further lines are indented, so that a CI system does not interpret them as commands. */
function reasonText(message = "Azure gave no reason"): string {
  return harmless(message.trimEnd()).replace(/\n(?=.)/g, "\n  ");
}
