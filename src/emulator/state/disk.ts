import { dirname } from "node:path";
import type { FileSystem } from "../../core/context.ts";
import { UserError } from "../../core/errors.ts";
import { leadsInto } from "../../core/files.ts";

/** Storage for what does not fit into memory: bytes of blobs, and the files of steps. */
export interface Disk {
  readonly fs: Pick<
    FileSystem,
    "stat" | "walk" | "readText" | "readRange" | "writeText" | "writeChunks" | "append" | "remove" | "rows"
  >;
  /** Absolute path. */
  readonly folder: string;
}

/**
 * A folder that is trusted with nothing outside it: whoever made it chose the paths in its journal and its links, and
 * unused files are removed. What leads out of it is not there to be found, and cannot be read, written or removed.
 */
export function openDisk(fs: FileSystem, folder: string): Disk {
  const isInside = async (path: string) => {
    const leads = [dirname(path), path].map((each) => leadsInto(fs, { root: folder }, each));
    return (await Promise.all(leads)).every(Boolean);
  };
  const inside =
    <Rest extends unknown[], Done>(act: (path: string, ...rest: Rest) => Promise<Done>) =>
    async (path: string, ...rest: Rest): Promise<Done> => {
      if (await isInside(path)) return await act(path, ...rest);
      throw new UserError(`Cannot use the folder "${folder}": "${path}" leads out of it`, {
        // emulator.leads_out: A folder of `--state` or `--keep` names a file outside it. Use one that you made
        //   yourself.
        code: "emulator.leads_out",
        hint: "Use a folder that you made yourself: links and paths in this one lead elsewhere",
      });
    };
  return {
    folder,
    fs: {
      async stat(path) {
        const stat = await isInside(path) ? await fs.stat(path) : undefined;
        // A pipe would never end.
        return stat?.kind === "other" ? undefined : stat;
      },
      async *walk(path, enter) {
        if (await isInside(path)) yield* fs.walk(path, enter);
      },
      readText: inside(fs.readText),
      readRange: inside(fs.readRange),
      writeText: inside(fs.writeText),
      writeChunks: inside(fs.writeChunks),
      append: inside(fs.append),
      remove: inside(fs.remove),
      ...(fs.rows && { rows: inside(fs.rows) }),
    },
  };
}
