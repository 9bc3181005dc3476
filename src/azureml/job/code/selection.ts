import type { FileSystem } from "../../../core/context.ts";
import type { Place, Warning } from "../../../core/errors.ts";
import type { CodeFile } from "./file.ts";

/** The file system functions that selecting code needs. */
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

/** A path that is not uploaded; a folder is listed once, with a trailing slash. */
export interface LeftOut {
  /** Path relative to the code folder. */
  readonly name: string;
  /** The ignore file's name, or the kind of file that no job needs. */
  readonly reason: string;
  /** The line of the ignore file, if that excludes it. */
  readonly pattern?: string;
  readonly place?: Place;
  /** Where a link to outside the code folder leads. */
  readonly target?: string;
}

/** The files of a folder that are uploaded to Azure ML. */
export interface CodeSelection {
  /** In hash order. */
  readonly files: readonly CodeFile[];
  readonly leftOut: readonly LeftOut[];
  /** The ignore file in effect, `.amlignore` or `.gitignore`; `undefined` if there is neither. */
  readonly ignoreFile: string | undefined;
  readonly warnings: readonly Warning[];
}
