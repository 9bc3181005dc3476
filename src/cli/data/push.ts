import type { AppContext } from "../../app/context.ts";
import { type DataPushOptions, pushData } from "../../app/data/push.ts";
import type { Output } from "../command/output.ts";
import { readingRequest, type ReadingTyped } from "../command/requests.ts";
import { countText } from "../../core/text/numbers.ts";
import { sizeText } from "../text/units.ts";

/** What is typed for `data push`. */
interface DataPushTyped extends ReadingTyped, Pick<DataPushOptions, "workspace" | "allow"> {
  readonly args: Pick<DataPushOptions, "name" | "path">;
}

/** Uploads a file or folder as a new version of a data asset. */
export async function dataPush(ctx: AppContext, typed: DataPushTyped): Promise<Output> {
  const { args, workspace, allow } = typed;
  const pushed = await pushData(ctx, { reading: readingRequest(typed), ...args, workspace, allow });
  const { name, version, path, type, files, sizeBytes, isUnchanged } = pushed;
  return {
    data: { name, version, type, files, sizeBytes, unchanged: isUnchanged },
    text: isUnchanged
      ? `✓ Data asset ${name}:${version} already has this content\n`
      : `✓ Uploaded ${path} (${countText(files, "file")}, ${
        sizeText(sizeBytes)
      }) as data asset ${name}:${version}\n`,
  };
}
