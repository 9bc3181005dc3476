import { join } from "node:path";
import { tarGz } from "../../scripts/release/archive.ts";
import { checksums } from "../../scripts/release/main.ts";
import { archiveOf, TARGETS } from "../../scripts/shared/targets.ts";

/** Replaces the executable of a release: prints its version, or its arguments. */
const PROGRAM = `#!/bin/sh
[ "$1" != --version ] || { echo 1.2.3; exit; }
printf '<%s>' "$@"
`;

/** Creates a release for this system: archive, install scripts and checksums. */
export async function releaseFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const target = TARGETS.find(({ name }) => name === Deno.build.target)!;
  await Deno.writeFile(
    join(folder, archiveOf(target)),
    tarGz({ "kedro-azureml": { text: PROGRAM, runs: true }, LICENSE: { text: "ours\n" } }),
  );
  for (const name of ["install.sh", "install.ps1"]) await Deno.copyFile(name, join(folder, name));
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), await checksums(folder));
}

/** Appends a byte to the archive, which changes its checksum. */
export async function damage(folder: string): Promise<void> {
  const target = TARGETS.find(({ name }) => name === Deno.build.target)!;
  await Deno.writeFile(join(folder, archiveOf(target)), new Uint8Array([0]), { append: true });
}
