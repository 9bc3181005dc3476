import { runAdvice } from "../../../src/azureml/errors/step_advice.ts";
import { assertTranscript } from "../../cli/transcript.ts";

export const WHERE = {
  compute: "cpu-cluster",
  workspace: { name: "ws", resource_group: "rg", subscription_id: "s1" },
};

export const advise = (message: string, where: Parameters<typeof runAdvice>[1] = WHERE) =>
  runAdvice({ message }, where);

/** Compares the advice about errors of steps, as posted by users, with a transcript. */
export function testAdvice(errors: Readonly<Record<string, string>>, file: string): void {
  for (const [name, said] of Object.entries(errors)) {
    Deno.test(`runAdvice() explains ${name}`, async (t) => {
      await assertTranscript(t, advise(said) ?? "", file);
    });
  }
}
