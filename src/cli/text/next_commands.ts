import { endsWithCommand } from "../../core/emulator_page.ts";
import { isFinal } from "../../core/run.ts";
import type { RunResult } from "../../app/run/results.ts";

/** The commands to run after these results: follow running jobs, read the logs of failed ones, run them again. */
export function nextCommands(results: readonly RunResult[]): string[] {
  const ended = new Map(
    results.flatMap((result) =>
      result.type === "ended" ? [[result.run.name, result.run.status] as const] : []
    ),
  );
  const submitted = results.flatMap((result): { name: string; status: string; studioUrl: string }[] =>
    result.type === "submitted" ? [result.job] : result.type === "rerun" ? [result.run] : []
  );
  if (submitted.some(({ studioUrl }) => endsWithCommand(studioUrl))) {
    return [
      "No running emulator was found, and this one ended with the command; `kedro-azureml emulator start` starts one that stays",
    ];
  }
  const running = submitted.filter(({ name, status }) => !ended.has(name) && !isFinal(status))
    .map(({ name }) => name);
  const silent = [...ended].filter(([, status]) => status === "NotResponding").map(([name]) => name);
  const failed = [...ended].filter(([, status]) => status === "Failed").map(([name]) => name);
  return [
    ...(running.length === 0
      ? []
      : [`Run \`kedro-azureml job follow ${running.join(" ")}\` to follow ${pronoun(running)}`]),
    ...silent.map((name) =>
      `Azure ML got no heartbeat of job ${name} lately, but it may go on; run \`kedro-azureml job follow ${name}\` later`
    ),
    ...(failed.length === 0 ? [] : [
      `Run \`kedro-azureml job logs ${failed.join(" ")} --failed\` to see why ${
        failed.length === 1 ? "it" : "they"
      } failed`,
    ]),
    ...failed.map((name) =>
      `Run \`kedro-azureml rerun ${name} --from-failed\` to run the steps that did not complete, with the same code`
    ),
  ];
}

function pronoun(names: readonly string[]): string {
  return names.length === 1 ? "it" : "them";
}
