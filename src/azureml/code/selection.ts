import type { FileSystem } from "../../core/context.ts";
import type { Place, Warning } from "../../core/errors.ts";
import type { CodeFile } from "./file.ts";

/** The parts of a file system that code is read with. */
export type CodeFs = Pick<
  FileSystem,
  | "readText"
  | "readBytes"
  | "readChunks"
  | "readRange"
  | "walk"
  | "stat"
  | "realPath"
  | "redirects"
  | "undecodable"
>;

/** Something that is not uploaded: a folder once, with a slash at the end of its name. */
export interface LeftOut {
  /** Where it lies below the code folder. */
  readonly name: string;
  /** The ignore file's name, or what it is that no job needs. */
  readonly reason: string;
  /** The line of the ignore file, where it is one. */
  readonly pattern?: string;
  readonly place?: Place;
}

/** What of a folder goes to Azure ML. */
export interface CodeSelection {
  /** In the order of the code's hash. */
  readonly files: readonly CodeFile[];
  readonly leftOut: readonly LeftOut[];
  /** The ignore file that counts, `.amlignore` or `.gitignore`; `undefined` when there is neither. */
  readonly ignoreFile: string | undefined;
  readonly warnings: readonly Warning[];
}
