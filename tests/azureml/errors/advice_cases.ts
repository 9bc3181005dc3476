import { runAdvice } from "../../../src/azureml/errors/step_advice.ts";
import { assertTranscript } from "../../cli/transcript.ts";

export const WHERE = {
  compute: "cpu-cluster",
  workspace: { name: "ws", resource_group: "rg", subscription_id: "s1" },
};

export const advise = (message: string, where: Parameters<typeof runAdvice>[1] = WHERE) =>
  runAdvice({ message }, where);

/** Errors of steps as posted by users. */
export type AdviceCase = readonly [name: string, said: string];

export function testAdvice(cases: readonly AdviceCase[], file: string): void {
  for (const [name, said] of cases) {
    Deno.test(`runAdvice() explains ${name}`, async (t) => {
      await assertTranscript(t, advise(said) ?? "", file);
    });
  }
}
