import { archiveOf, type Target, TARGETS } from "../shared/targets.ts";

/** A release, as package managers are told of it. */
export interface ManifestsOf {
  readonly version: string;
  /** Address of the repository; its releases have the archives. */
  readonly repository: string;
  /** The lines of SHA256SUMS. */
  readonly checksums: string;
}

const DESCRIPTION = "Compile and submit Kedro pipelines to Azure Machine Learning";

/**
 * Writes what Homebrew, Scoop and winget install the release by, by file name.
 *
 * @throws {Error} for an archive that the checksums do not name.
 */
export function manifests(of: ManifestsOf): Readonly<Record<string, string>> {
  const { owner } = /\/(?<owner>[^/]+)\/[^/]+$/.exec(of.repository)?.groups ?? {};
  if (owner === undefined) throw new Error(`"${of.repository}" is not the address of a repository`);
  return { "kedro-azureml.rb": homebrew(of), "kedro-azureml.json": scoop(of), ...winget(of, owner) };
}

function find(os: Target["os"], cpu: Target["cpu"]): Target {
  return TARGETS.find((target) => target.os === os && target.cpu === cpu)!;
}

function urlOf({ repository, version }: ManifestsOf, target: Target): string {
  return `${repository}/releases/download/v${version}/${archiveOf(target)}`;
}

function sha256Of({ checksums }: ManifestsOf, target: Target): string {
  const name = archiveOf(target);
  const line = checksums.split("\n").find((each) => each.endsWith(`  ${name}`));
  if (line === undefined) throw new Error(`SHA256SUMS does not list ${name}`);
  return line.slice(0, 64);
}

function homebrew(of: ManifestsOf): string {
  const at = (os: Target["os"], cpu: Target["cpu"]) => {
    const target = find(os, cpu);
    return `url "${urlOf(of, target)}"\n      sha256 "${sha256Of(of, target)}"`;
  };
  return `class KedroAzureml < Formula
  desc "${DESCRIPTION}"
  homepage "${of.repository}"
  version "${of.version}"
  license "Apache-2.0"

  on_macos do
    on_arm do
      ${at("darwin", "arm64")}
    end
    on_intel do
      ${at("darwin", "x64")}
    end
  end

  on_linux do
    on_arm do
      ${at("linux", "arm64")}
    end
    on_intel do
      ${at("linux", "x64")}
    end
  end

  def install
    bin.install "kedro-azureml"
    generate_completions_from_executable(bin/"kedro-azureml", "completion")
  end

  test do
    assert_equal version.to_s, shell_output("#{bin}/kedro-azureml --version").strip
  end
end
`;
}

function scoop(of: ManifestsOf): string {
  const target = find("win32", "x64");
  const url = urlOf(of, target);
  const manifest = {
    version: of.version,
    description: DESCRIPTION,
    homepage: of.repository,
    license: "Apache-2.0",
    architecture: { "64bit": { url, hash: sha256Of(of, target) } },
    bin: "kedro-azureml.exe",
    checkver: { github: of.repository },
    autoupdate: {
      architecture: { "64bit": { url: url.replaceAll(of.version, "$version") } },
      hash: { url: "$baseurl/SHA256SUMS" },
    },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The three files of winget-pkgs' schema 1.6: the version, its installer, and its text. */
function winget(of: ManifestsOf, owner: string): Record<string, string> {
  const target = find("win32", "x64");
  const id = `${owner}.kedro-azureml`;
  const file = (kind: string, lines: readonly string[]) =>
    [
      `PackageIdentifier: ${id}`,
      `PackageVersion: ${of.version}`,
      ...lines,
      `ManifestType: ${kind}`,
      "ManifestVersion: 1.6.0",
      "",
    ].join("\n");
  return {
    [`${id}.yaml`]: file("version", ["DefaultLocale: en-US"]),
    [`${id}.installer.yaml`]: file("installer", [
      "InstallerType: zip",
      "NestedInstallerType: portable",
      "NestedInstallerFiles:",
      "  - RelativeFilePath: kedro-azureml.exe",
      "    PortableCommandAlias: kedro-azureml",
      "Installers:",
      "  - Architecture: x64",
      `    InstallerUrl: ${urlOf(of, target)}`,
      `    InstallerSha256: "${sha256Of(of, target).toUpperCase()}"`,
    ]),
    [`${id}.locale.en-US.yaml`]: file("defaultLocale", [
      "PackageLocale: en-US",
      `Publisher: ${owner}`,
      "PackageName: kedro-azureml",
      `PackageUrl: ${of.repository}`,
      "License: Apache-2.0",
      `ShortDescription: ${DESCRIPTION}`,
    ]),
  };
}
