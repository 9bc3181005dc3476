import { hashCode, type PreparedCode, selectCode } from "../../../../src/azureml/job/code/select.ts";

/** Selects and hashes the code of a folder. */
export async function prepareCode(
  fs: Parameters<typeof selectCode>[0],
  folder: string,
  options: Parameters<typeof selectCode>[2] = {},
): Promise<PreparedCode> {
  return await hashCode(fs, folder, await selectCode(fs, folder, options));
}
