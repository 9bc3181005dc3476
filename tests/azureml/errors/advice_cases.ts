import { match } from "node:assert/strict";
import { runAdvice } from "../../../src/azureml/errors/step_advice.ts";
import { assertTranscript } from "../../cli/transcript.ts";

export const WHERE = {
  compute: "cpu-cluster",
  workspace: { name: "ws", resource_group: "rg", subscription_id: "s1" },
};

export const advise = (message: string, where: Parameters<typeof runAdvice>[1] = WHERE) =>
  runAdvice({ message }, where);

/** Errors of steps as posted by users, and the advice for them. */
export type AdviceCase = readonly [name: string, said: string, advice: RegExp];

export function testAdvice(cases: readonly AdviceCase[], file: string): void {
  for (const [name, said, advice] of cases) {
    Deno.test(`runAdvice() explains ${name}`, async (t) => {
      const given = advise(said) ?? "";
      match(given, advice);
      await assertTranscript(t, given, file);
    });
  }
}
