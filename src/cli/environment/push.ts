import type { AppContext } from "../../app/context.ts";
import { type EnvironmentPushOptions, pushEnvironment } from "../../app/environment/push.ts";
import type { Output } from "../command/output.ts";

/** Registers the project's environment as a new version. */
export async function environmentPush(ctx: AppContext, typed: EnvironmentPushOptions): Promise<Output> {
  const { name, version, isUnchanged } = await pushEnvironment(ctx, typed);
  return {
    data: { name, version, unchanged: isUnchanged },
    text: isUnchanged
      ? `✓ Environment ${name}:${version} is already the same\n`
      : `✓ Registered environment ${name}:${version}\n`,
  };
}
