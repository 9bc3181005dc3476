import { redact } from "../../core/text/redact.ts";
import type { PageParts } from "../../page/parts.ts";
import type { LogPart } from "../../page/view.ts";
import { blobs } from "../blobs/blobs.ts";
import { logFiles } from "../jobs/logs.ts";
import { stepRuns } from "../jobs/state.ts";
import { locate } from "../world/links.ts";
import type { JobRecord, World } from "../world/world.ts";

/** Maximum number of bytes per response; a page that opens a longer log starts near its end. */
const MOST = 256 * 1024;

/** The part of a log to read. */
export interface LogQuery {
  readonly step: string;
  /** Name of the log (default: the first log of the step's own code). */
  readonly file: string | undefined;
  /** Offset in bytes; negative for the end. */
  readonly from: number;
}

/** Reads a part of a step's log, whole lines only unless the step has ended. */
export async function logPart(
  world: World,
  job: JobRecord,
  { step, file, from }: LogQuery,
  { nodeRuns }: Pick<PageParts, "nodeRuns">,
): Promise<LogPart> {
  const run = stepRuns(world, job).find((one) => one.step === step);
  const logs = run === undefined ? {} : await logFiles(world, job.workspace, run);
  const files = Object.keys(logs).sort();
  const name = file ?? files.find((one) => one.startsWith("user_logs/")) ?? files[0];
  if (run === undefined || name === undefined || logs[name] === undefined) {
    return { files, text: "", next: 0, skippedBytes: 0 };
  }
  const bytes = await read(world, logs[name]);
  const begin = from < 0 ? Math.max(0, bytes.length - MOST) : Math.min(from, bytes.length);
  const rest = bytes.subarray(begin, begin + MOST);
  const whole = run.endedAt !== undefined && begin + rest.length === bytes.length;
  const length = whole ? rest.length : rest.lastIndexOf(NEWLINE) + 1 || (rest.length === MOST ? MOST : 0);
  const text = new TextDecoder().decode(rest.subarray(0, length));
  return {
    files,
    file: name,
    text: redact(text),
    next: begin + length,
    skippedBytes: from < 0 ? begin : 0,
    nodeRuns: nodeRuns(new TextDecoder().decode(bytes)),
  };
}

const NEWLINE = 10;

async function read(world: World, url: string): Promise<Uint8Array> {
  const place = locate(new URL(url), world.workspaces.map(({ account }) => account));
  if (place?.service !== "blob") return new Uint8Array();
  const answer = await blobs(world, new Request(url), place.account, place.path);
  return answer.ok ? await answer.bytes() : new Uint8Array();
}
