/** One system that is released for, in the words of those who install there. */
export interface Target {
  /** As Deno and Rust call it. */
  readonly name: string;
  /** The platform tag of a wheel. */
  readonly wheel: string;
  /** As Node's `process.platform` and `process.arch` say it, and npm's package.json. */
  readonly os: "linux" | "darwin" | "win32";
  readonly cpu: "x64" | "arm64";
}

/** What a release is made for. Linux needs glibc 2.27, which the build checks. */
export const TARGETS: readonly Target[] = [
  { name: "x86_64-unknown-linux-gnu", wheel: "manylinux_2_27_x86_64", os: "linux", cpu: "x64" },
  { name: "aarch64-unknown-linux-gnu", wheel: "manylinux_2_27_aarch64", os: "linux", cpu: "arm64" },
  { name: "x86_64-apple-darwin", wheel: "macosx_11_0_x86_64", os: "darwin", cpu: "x64" },
  { name: "aarch64-apple-darwin", wheel: "macosx_11_0_arm64", os: "darwin", cpu: "arm64" },
  { name: "x86_64-pc-windows-msvc", wheel: "win_amd64", os: "win32", cpu: "x64" },
];

/** The name of the executable on a system. */
export function executableOf({ os }: Target): string {
  return `kedro-azureml${os === "win32" ? ".exe" : ""}`;
}

/** @throws {Error} that names all targets, where there is none of this name. */
export function targetOf(name: string): Target {
  const found = TARGETS.find((target) => target.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `There is no target "${name}"; there are ${TARGETS.map((target) => target.name).join(", ")}`,
  );
}

/** The archive of a target, as install.sh and install.ps1 ask for it. */
export function archiveOf({ name, os }: Target): string {
  return `kedro-azureml-${name}.${os === "win32" ? "zip" : "tar.gz"}`;
}

/** What `deno task build --target` calls the executable of a target. */
export function builtName({ name, os }: Target): string {
  return `kedro-azureml-${name}${os === "win32" ? ".exe" : ""}`;
}
