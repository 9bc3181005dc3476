import type { AppContext } from "../../app/context.ts";
import { type DataPushOptions, pushData } from "../../app/data/push.ts";
import type { Output } from "../command/output.ts";
import { countText, sizeText } from "../text/units.ts";

/** Options of `data push`, as typed. */
export interface TypedPush extends Omit<DataPushOptions, "name" | "path"> {
  readonly args: Pick<DataPushOptions, "name" | "path">;
}

/** Uploads a file or folder as a new version of a data asset. */
export async function dataPush(ctx: AppContext, { args, ...options }: TypedPush): Promise<Output> {
  const { name, version, type, files, sizeBytes, isUnchanged } = await pushData(ctx, { ...options, ...args });
  return {
    data: { name, version, type, files, sizeBytes, unchanged: isUnchanged },
    text: isUnchanged
      ? `✓ Data asset ${name}:${version} already has this content\n`
      : `✓ Uploaded ${countText(files, "file")}, ${sizeText(sizeBytes)}, as data asset ${name}:${version}\n`,
  };
}
