import type { AppContext } from "../../app/context.ts";
import { type EnvironmentPushOptions, pushEnvironment, type PushResult } from "../../app/environment/push.ts";
import type { Output } from "../command/output.ts";
import { renderBuild } from "../setup/setup.ts";

/** Registers the project's environment as a new version. */
export async function* environmentPush(
  ctx: AppContext,
  typed: EnvironmentPushOptions,
): AsyncIterable<Output> {
  for await (const result of pushEnvironment(ctx, typed)) yield renderPush(result);
}

function renderPush(result: PushResult): Output {
  if (result.type !== "environment") return renderBuild(result);
  const { type, name, version, isUnchanged } = result;
  return {
    data: { type, name, version, unchanged: isUnchanged },
    text: isUnchanged
      ? `✓ Environment ${name}:${version} is already the same\n`
      : `✓ Registered environment ${name}:${version}\n`,
  };
}
