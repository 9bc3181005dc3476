/** Device names of Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Whether a name from an untrusted source, such as a step name in Azure's response, can be used as the name of a file
 * or folder. Such a name cannot lead to another folder on any system, and is not a Windows device. All such names are
 * checked here.
 */
export function isPathName(name: string): boolean {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return name !== "" && name.length <= 255 && !/^\.{1,2}$|[/\\:\x00-\x1f\x7f]/.test(name) &&
    !DEVICE.test(name);
}

/** Whether a path of several names, separated by slashes, stays inside the folder it is appended to. */
export function isPathBelow(path: string): boolean {
  return path.split("/").every(isPathName);
}

/** Makes a name safe as part of a file name: separators and control characters become `_`. */
export function asPathName(name: string): string {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return name.replace(/[/\\:\x00-\x1f\x7f]/g, "_");
}
