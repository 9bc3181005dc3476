import type { Recording } from "../recording.ts";
import { assets } from "./assets.ts";
import { codes } from "./code.ts";
import { components } from "./components.ts";
import { history } from "./history.ts";
import { jobs } from "./jobs.ts";
import { others } from "./others.ts";
import { reported } from "./reported.ts";
import { schedules } from "./schedules.ts";
import { stores } from "./stores.ts";

/** All recordings, by what they are about. */
export const RECORDINGS: Readonly<Record<string, readonly Recording[]>> = {
  assets,
  codes,
  components,
  history,
  jobs,
  others,
  reported,
  schedules,
  stores,
};

/** Each recording with its exchanges, one after the other. */
export function allRecordings(): readonly Recording[] {
  return Object.values(RECORDINGS).flat();
}

/** The issue, or the test of another client, that a recording is from. */
export function sourceOf({ file, recorded }: Recording): string {
  const [, repository, number] = /^(.+)\/(?:issues|pull)\/(\d+)$/.exec(file) ?? [];
  if (repository !== undefined) return `${repository}#${number}`;
  const test = file.replace(/^.*(?:Test[A-Z]\w*?test_|\/(?=.))/, "");
  return `${test.replace(/(?:\.Recording)?\.(?:json|yaml)/, "")} (${recorded})`;
}
