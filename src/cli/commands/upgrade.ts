import { resolve } from "node:path";
import type { AppContext } from "../../app/context.ts";
import { upgrade, type UpgradeResult } from "../../app/upgrade/upgrade.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import { VERSION } from "../../core/version.ts";
import type { Output } from "../text/output.ts";

/** What is typed for `upgrade`. */
interface UpgradeTyped {
  /** Address or folder of a release (default: KEDRO_AZUREML_INSTALL_FROM). */
  readonly from?: string;
  readonly check?: boolean;
}

/** Replaces this program, or prints how to. */
export async function upgradeProgram(
  ctx: AppContext,
  { from, check = false }: UpgradeTyped,
): Promise<Output> {
  const result = await upgrade(ctx, { source: () => sourceOf(ctx, from), check });
  const { manager, ...data } = { manager: undefined, ...result };
  return { data: { ...data, current: VERSION, ...manager }, text: textOf(result) };
}

function sourceOf({ cwd, env }: AppContext, from = env.KEDRO_AZUREML_INSTALL_FROM): string {
  if (from) return from.includes("://") ? from : resolve(cwd, from);
  throw new UserError("No release is known to upgrade from", {
    code: "upgrade.no_source",
    exit: ExitCode.Usage,
    hint: "Use `--from` with the address that you installed it from, or set KEDRO_AZUREML_INSTALL_FROM",
  });
}

function textOf(result: UpgradeResult): string {
  const { path } = result;
  switch (result.type) {
    case "managed":
      return `${path} was installed with ${result.manager.name}. To upgrade it, run:\n  ${result.manager.command}\n`;
    case "current":
      return `✓ kedro-azureml ${result.version} is up to date\n`;
    case "available":
      return `kedro-azureml ${result.version} is available; ${path} is ${VERSION}\n`;
    case "upgraded":
      return `✓ Upgraded ${path} from ${VERSION} to ${result.version}\n`;
  }
}
