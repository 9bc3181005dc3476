import type { RunView, StepView } from "../../../src/page/view.ts";
import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { withPage } from "../open_page.ts";
import { simulatedRun } from "../simulated.ts";

Deno.test("each status has an icon", (t) => {
  const data = simulatedRun(9);
  const statuses = ["Completed", "Failed", "Running", "Queued", "Canceled", undefined];
  const steps = (data.view as RunView).steps.slice(0, 6).map((step, at): StepView => ({
    ...step,
    status: statuses[at],
  }));
  return withPage({ ...data, view: { ...data.view as RunView, steps } }, async ({ find }) => {
    const icons = [...find("tbody").querySelectorAll(".status")].map(({ outerHTML }) => `${outerHTML}\n`);
    await assertTranscript(t, icons.join(""), import.meta.url);
  }, { hash: "#tab=steps" });
});
