import type { AppContext } from "../../app/context.ts";
import { upgrade, type UpgradeOptions, type UpgradeResult } from "../../app/upgrade/upgrade.ts";
import { VERSION } from "../../core/version.ts";
import type { Output } from "../command/output.ts";

/** Replaces this program, or prints how to. */
export async function upgradeProgram(ctx: AppContext, typed: UpgradeOptions): Promise<Output> {
  const result = await upgrade(ctx, typed);
  const { manager, ...data } = { manager: undefined, ...result };
  return { data: { ...data, current: VERSION, ...manager }, text: textOf(result) };
}

function textOf(result: UpgradeResult): string {
  const { path } = result;
  switch (result.type) {
    case "managed":
      return `${path} was installed with ${result.manager.name}. To upgrade it, run:\n  ${result.manager.command}\n`;
    case "current":
      return `✓ kedro-azureml ${result.version} is the version of this release\n`;
    case "available":
      return `The release has kedro-azureml ${result.version}; ${path} is ${VERSION}\n`;
    case "upgraded":
      return `✓ Replaced ${path}, ${VERSION}, with kedro-azureml ${result.version}\n`;
  }
}
