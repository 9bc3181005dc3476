import { isAbsolute, relative, sep } from "node:path";

/** Device names of Windows, with any extension, and with blanks before it. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\.|$)/i;

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

/** Whether an absolute path is that of a folder, or leads below it. */
export function isBelow(folder: string, path: string): boolean {
  const from = relative(folder, path);
  return from !== ".." && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

/** Makes a name safe as part of a file name: separators and control characters become `_`. */
export function asPathName(name: string): string {
  // deno-lint-ignore no-control-regex -- these are what must not pass
  return name.replace(/[/\\:\x00-\x1f\x7f]/g, "_");
}

/**
 * Why a file cannot have an absolute path on Windows, as the end of a message; `undefined` if it can. Windows itself
 * often accepts such a path, but writes somewhere else: to a device, to a name without its last characters, or to a
 * hidden stream of another file.
 */
export function windowsNameProblem(path: string): string | undefined {
  for (const name of windowsNames(path)) {
    // deno-lint-ignore no-control-regex -- these are what must not pass
    const [character] = /[<>:"|?*\x00-\x1f]/.exec(name) ?? [];
    if (character !== undefined) return `Windows does not allow ${JSON.stringify(character)} in names`;
    if (DEVICE.test(name)) return `"${name}" is the name of a device on Windows`;
    if (/[. ]$/.test(name) && !/^\.{1,2}$/.test(name)) {
      return `Windows removes the ${name.endsWith(".") ? "dot" : "space"} at the end of "${name}"`;
    }
  }
  return undefined;
}

/** Whether Windows finds a device by this path, which has no properties and may block when read. */
export function isWindowsDevice(path: string): boolean {
  return windowsNames(path).some((name) => DEVICE.test(name));
}

function windowsNames(path: string): readonly string[] {
  return path.replace(/^[\\/]{2}[?.][\\/]/, "").replace(/^[A-Za-z]:/, "").split(/[\\/]/);
}

/** Whether a path is the null device of Windows, which discards everything that is written to it. */
export function isWindowsNull(path: string): boolean {
  return /(?:^|[\\/])nul$/i.test(path);
}

/** The name of a file that holds data, images or programs, and no code or configuration as text. */
export const DATA_NAME =
  /\.(?:png|jpe?g|gif|ico|webp|svg|pdf|zip|gz|tgz|bz2|xz|7z|whl|parquet|feather|avro|orc|h5|hdf5|npy|npz|pkl|pickle|joblib|pt|pth|onnx|bin|so|dll|exe|xlsx?|woff2?|ttf|mp[34]|wav)$/i;
