import { ExitCode, UserError } from "../../../core/errors.ts";
import { PACKAGE_FORMAT } from "./format.ts";

/** The error for a file that is not a package or, if `cause` is given, for a damaged one. */
export function notAPackage(path: string, what: string, cause?: unknown): UserError {
  const hint = cause === undefined
    ? "Use a file made by `kedro-azureml pack`"
    : "Copy it again, or use another file made by `kedro-azureml pack`";
  return refused(path, { code: "package.not_one", what, hint, cause });
}

/** The error for a package of another format version. */
export function wrongVersion(path: string, version: number): UserError {
  return refused(path, {
    code: "package.version",
    what: `has format version ${version}, but this program reads version ${PACKAGE_FORMAT.version}`,
    hint: "Pack and submit with the same version of kedro-azureml",
  });
}

/** The error for a package that was changed or truncated after it was made. */
export function damagedPackage(path: string, what: string, cause?: unknown): UserError {
  return refused(path, { code: "package.damaged", what, hint: "Copy it again, or pack it again", cause });
}

/** The error for a package that `pack` cannot have made. */
export function unsafePackage(path: string, what: string): UserError {
  return refused(path, {
    code: "package.unsafe",
    what,
    hint: "Do not use it. Ask its author for a new one from `kedro-azureml pack`, with its SHA-256",
  });
}

/** The error for a package whose SHA-256 differs from the expected one. */
export function wrongSha256(path: string, found: string): UserError {
  return refused(path, {
    code: "package.sha256",
    what: `has SHA-256 ${found}, which is not the expected one`,
    hint: "Copy the package again, and check the SHA-256 that `pack` printed",
  });
}

function refused(
  path: string,
  { code, what, hint, cause }: { code: string; what: string; hint: string; cause?: unknown },
): UserError {
  const exit = ExitCode.Config;
  return new UserError(`Package "${path}" ${what}`, { code, exit, hint, cause });
}
