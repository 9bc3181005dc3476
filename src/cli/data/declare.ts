import type { Command } from "commander";
import type { Declaring } from "../command/declare.ts";
import { reading } from "../command/shared_options.ts";

/** Declares `data` and the command below it. */
export function declareData(root: Command, { declare, run }: Declaring): void {
  const data = declare(root, "data", "Manage data assets");
  const push = declare(
    data,
    "push <name> [path]",
    "Upload a file or folder as a new version of a data asset (default path: the catalog's)",
    [
      ["data push companies", "Upload the local file that the catalog names"],
      ["data push images data/01_raw/images", "Upload a folder"],
    ],
  );
  reading(push)
    .option("-w, --workspace <name>", "workspace, by its key in azureml.yml")
    .action(run(async () => (await import("./push.ts")).dataPush));
}
