import { once } from "../../src/core/async.ts";
export { assertTranscript } from "../fakes/assert_transcript.ts";
import { makeWorld, type World } from "./world.ts";

/** Loads what a first submit loads, so that the order of requests does not depend on which test is first. */
const warmUp = once(async () => void await makeWorld().kedroAzureml("submit -j main"));

/** Runs command lines one after another, and returns each with its standard output, standard error and exit code. */
export async function transcriptOf(
  { ctx, kedroAzureml }: Pick<World, "ctx" | "kedroAzureml">,
  lines: readonly string[],
): Promise<string> {
  await warmUp();
  const parts: string[] = [];
  for (const line of lines) {
    const [out, err] = [ctx.stdout().length, ctx.stderr().length];
    const exit = await kedroAzureml(line === "" ? [] : line);
    const [stdout, stderr] = [ctx.stdout().slice(out), ctx.stderr().slice(err)];
    parts.push(`$ kedro-azureml ${line}\n${stdout}--- stderr\n${stderr}--- exit ${exit}\n`);
  }
  return parts.join("\n");
}

/** Replaces durations, which depend on the machine. */
export function withoutDurations(text: string): string {
  return text.replace(/\(\d+ ms\)/g, "(N ms)").replace(/"milliseconds":\d+/g, '"milliseconds":0');
}
