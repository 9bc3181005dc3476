/** Names that Windows takes for devices, whatever their endings. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Whether a name that comes from elsewhere, such as that of a step in Azure's description of a job, may be the name of
 * one file or folder: the one check for all of them. It leads nowhere else, on any system, and is no device.
 */
export function isPathName(name: string): boolean {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return name !== "" && name.length <= 255 && !/^\.{1,2}$|[/\\:\x00-\x1f\x7f]/.test(name) &&
    !DEVICE.test(name);
}

/** Whether a path of several names, with slashes between them, stays below the folder that it is put in. */
export function isPathBelow(path: string): boolean {
  return path.split("/").every(isPathName);
}

/** A name as a part of a file's name: what could lead elsewhere becomes `_`. */
export function asPathName(name: string): string {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return name.replace(/[/\\:\x00-\x1f\x7f]/g, "_");
}
