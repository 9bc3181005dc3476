import type { AppContext } from "../../app/context.ts";
import { triggerNow } from "../../app/schedule/trigger.ts";
import { followRequest, type FollowTyped } from "../command/run_requests.ts";
import type { Output } from "../command/output.ts";
import { renderResults } from "../text/run_results.ts";
import { scheduleRequest, type ScheduleTyped } from "./schedule_text.ts";

/** Runs the job of a schedule now. */
export async function* scheduleTrigger(
  ctx: AppContext,
  typed: ScheduleTyped & FollowTyped,
): AsyncIterable<Output> {
  const follow = followRequest(typed);
  const { schedule } = typed.args;
  let started = "";
  yield* renderResults(triggerNow(ctx, { ...scheduleRequest(typed), follow }), {
    triggered({ name, studioUrl }) {
      started = name;
      return {
        data: { type: "triggered", schedule, name, studioUrl },
        submitted: name,
        text: `✓ Schedule ${schedule} started job ${name}\n${studioUrl}\n`,
      };
    },
  });
  if (follow === undefined) {
    yield { data: undefined, text: "", next: [`Run \`kedro-azureml job follow ${started}\` to follow it`] };
  }
}
