import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";

const DESCRIPTION = `Replace this program with that of a release.

The archive is verified with the release's SHA256SUMS. If pip, uv, npm or another package manager installed the program, its command is printed instead.`;

/** Declares `upgrade`. */
export function declareUpgrade(root: Command, { declare, run }: Declaring): void {
  declare(root, "upgrade", DESCRIPTION, [
    ["upgrade --from https://HOST/FOLDER", "Install the release at this address"],
    ["upgrade --check", "Only look for another version"],
  ]).summary("Replace this program with that of a release")
    .option("--from <address>", "URL or folder of a release (default: KEDRO_AZUREML_INSTALL_FROM)")
    .option("--check", "only look for another version")
    .action(run(async () => (await import("./upgrade.ts")).upgradeProgram));
}
