import { tarGz } from "./archive.ts";
import { executableOf, type Target, TARGETS } from "../shared/targets.ts";

/** What npm's registry calls the program; the package of a system adds its names. */
export const NPM_NAME = "@kedro-azureml/cli";

/** What every package of npm says. */
export interface NpmOf {
  readonly version: string;
  readonly license: string;
  readonly repository: string | undefined;
}

/** The package of npm that holds the executable of one system; npm installs it only there. */
export function makeNpmOfTarget(
  of: NpmOf & { readonly target: Target; readonly executable: Uint8Array; readonly licenses: string },
): { readonly name: string; readonly bytes: Uint8Array } {
  const { target: { os, cpu }, version } = of;
  const manifest = {
    ...common(of, npmNameOf(of.target)),
    os: [os],
    cpu: [cpu],
    ...os === "linux" ? { libc: ["glibc"] } : {},
    preferUnplugged: true,
  };
  return {
    name: `kedro-azureml-cli-${os}-${cpu}-${version}.tgz`,
    bytes: tarGz({
      "package/package.json": { text: json(manifest) },
      "package/LICENSE": { text: of.license },
      "package/THIRD_PARTY_LICENSES.txt": { text: of.licenses },
      [`package/bin/${executableOf(of.target)}`]: { bytes: of.executable, runs: true },
    }),
  };
}

/** The package that people name: a few lines that start the executable of the system's own package. */
export function makeNpm(
  of: NpmOf & { readonly launcher: string; readonly readme: string },
): { readonly name: string; readonly bytes: Uint8Array } {
  const manifest = {
    ...common(of, NPM_NAME),
    bin: { "kedro-azureml": "bin/kedro-azureml.cjs" },
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(TARGETS.map((target) => [npmNameOf(target), of.version])),
  };
  return {
    name: `kedro-azureml-cli-${of.version}.tgz`,
    bytes: tarGz({
      "package/package.json": { text: json(manifest) },
      "package/LICENSE": { text: of.license },
      "package/README.md": { text: of.readme },
      "package/bin/kedro-azureml.cjs": { text: of.launcher, runs: true },
    }),
  };
}

/** What npm calls the package of a system. */
export function npmNameOf({ os, cpu }: Target): string {
  return `${NPM_NAME}-${os}-${cpu}`;
}

function common({ version, repository }: NpmOf, name: string): Record<string, unknown> {
  return {
    name,
    version,
    description: "Compile and submit Kedro pipelines to Azure Machine Learning, from one executable",
    license: "Apache-2.0",
    ...repository === undefined ? {} : { repository: { type: "git", url: `git+${repository}.git` } },
  };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
