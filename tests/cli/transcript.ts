import { once } from "../../src/core/async.ts";
export { assertTranscript } from "../fakes/assert_transcript.ts";
import { makeWorld, type World } from "./world.ts";

/** What is usual: transcripts that are whole state what these print, and the others only what differs. */
const USUAL = [
  "submit -j main --wait-for-completion",
  "submit -j main",
  "validate -j main",
  "doctor",
  "auth status",
];

/** Their lines. Runs them first, also so that the order of requests does not depend on which test is first. */
const usualLines = once(async () => {
  const lines = new Set<string>();
  for (const line of USUAL) {
    const { ctx, kedroAzureml } = makeWorld();
    await kedroAzureml(line);
    for (const printed of withoutDurations(ctx.stdout() + ctx.stderr()).split("\n")) lines.add(printed);
  }
  return lines;
});

/**
 * Runs command lines one after another, and returns each with its standard output and standard error, and its exit code
 * unless that is 0.
 *
 * @param isWhole Writes usual lines, too, instead of how many follow one another.
 */
export async function transcriptOf(
  { ctx, kedroAzureml }: Pick<World, "ctx" | "kedroAzureml">,
  lines: readonly string[],
  { isWhole = false } = {},
): Promise<string> {
  const usual = await usualLines();
  const parts: string[] = [];
  for (const line of lines) {
    const [out, err] = [ctx.stdout().length, ctx.stderr().length];
    const exit = await kedroAzureml(line === "" ? [] : line);
    const [stdout, stderr] = [ctx.stdout().slice(out), ctx.stderr().slice(err)];
    const shown = (text: string) => isWhole ? text : folded(text, usual);
    parts.push([
      `$ kedro-azureml ${line}\n${shown(stdout)}`,
      ...stderr === "" ? [] : [`--- stderr\n${shown(stderr)}`],
      ...exit === 0 ? [] : [`--- exit ${exit}\n`],
    ].join(""));
  }
  return parts.join("\n");
}

/** Replaces usual lines that follow one another, but for empty lines, by their number. */
export function folded(text: string, usual: ReadonlySet<string>): string {
  const lines: string[] = [];
  let run: string[] = [];
  const end = () => {
    const blank = run.slice(run.findLastIndex((line) => line !== "") + 1);
    const usualOnes = run.filter((line) => line !== "");
    lines.push(...usualOnes.length < 2 ? run : [`… ${usualOnes.length} usual lines`, ...blank]);
    run = [];
  };
  for (const line of text.split("\n")) {
    const goesOn = line === "" ? run.length > 0 : usual.has(withoutDurations(line));
    if (goesOn) {
      run.push(line);
      continue;
    }
    end();
    lines.push(line);
  }
  end();
  return lines.join("\n");
}

/** Replaces durations, which depend on the machine. */
export function withoutDurations(text: string): string {
  return text.replace(/\(\d+ ms\)/g, "(N ms)").replace(/"milliseconds":\d+/g, '"milliseconds":0');
}
