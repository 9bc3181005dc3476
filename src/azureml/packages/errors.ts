import { ExitCode, UserError } from "../../core/errors.ts";
import { PACKAGE_FORMAT } from "./format.ts";

/** The error for what is no package at all, or has been one before what is the `cause`. */
export function notAPackage(path: string, what: string, cause?: unknown): UserError {
  const name = "ame a file that `kedro-azureml pack` wrote";
  const hint = cause === undefined ? `N${name}` : `Copy it again, or n${name}`;
  return refused(path, { code: "package.not_one", what, hint, cause });
}

/** The error for a package that was made by another version of the format. */
export function wrongVersion(path: string, version: number): UserError {
  return refused(path, {
    code: "package.version",
    what: `its format has version ${version}, and this program reads version ${PACKAGE_FORMAT.version}`,
    hint: "Pack and submit with the same version of kedro-azureml",
  });
}

/** The error for a package that is not what it was. */
export function damagedPackage(path: string, what: string, cause?: unknown): UserError {
  return refused(path, { code: "package.damaged", what, hint: "Pack it again, or copy it again", cause });
}

/** The error for a package that no honest `pack` wrote. */
export function unsafePackage(path: string, what: string): UserError {
  return refused(path, {
    code: "package.unsafe",
    what,
    hint: "Ask whoever gave it to you for one that `kedro-azureml pack` wrote, and for its SHA-256",
  });
}

/** The error for a package that is not the one whose SHA-256 was given. */
export function wrongSha256(path: string, found: string): UserError {
  return refused(path, {
    code: "package.sha256",
    what: `its SHA-256 is ${found}, not the one of \`--sha256\``,
    hint: "Copy the package again, and compare the SHA-256 with the one that `pack` printed",
  });
}

function refused(
  path: string,
  { code, what, hint, cause }: { code: string; what: string; hint: string; cause?: unknown },
): UserError {
  const exit = ExitCode.Config;
  return new UserError(`Cannot use package "${path}": ${what}`, { code, exit, hint, cause });
}
