import { deepStrictEqual, match, ok, strictEqual, throws } from "node:assert/strict";
import { parse } from "yaml";
import { manifests } from "../../../scripts/release/manifests.ts";
import { archiveOf, TARGETS } from "../../../scripts/shared/targets.ts";

const SUMS = TARGETS.map((target, i) => `${String(i).repeat(64)}  ${archiveOf(target)}\n`).join("");
const REPOSITORY = "https://git.example/some-owner/some-name";
const OF = { version: "1.2.3", repository: REPOSITORY, checksums: SUMS };

/** URL and checksum of the Windows archive. */
const WINDOWS = {
  url: `${REPOSITORY}/releases/download/v1.2.3/kedro-azureml-x86_64-pc-windows-msvc.zip`,
  sha256: "4".repeat(64),
};

Deno.test("manifests() lists each Unix archive with its checksum in the Homebrew formula", () => {
  const formula = manifests(OF)["kedro-azureml.rb"]!;
  for (const [i, target] of TARGETS.entries()) {
    const line = `url "${REPOSITORY}/releases/download/v1.2.3/${archiveOf(target)}"\n      sha256 "${
      String(i).repeat(64)
    }"`;
    strictEqual(formula.includes(line), target.os !== "win32", target.name);
  }
  match(formula, /^class KedroAzureml < Formula$/m);
  // Every opened block is closed.
  const opened = formula.match(/^\s*(class|def|on_\w+ do|test do)\b/gm)!.length;
  strictEqual(formula.match(/^\s*end$/gm)!.length, opened);
});

Deno.test("manifests() lists the Windows archive for Scoop with an autoupdate URL", () => {
  const scoop = JSON.parse(manifests(OF)["kedro-azureml.json"]!);
  deepStrictEqual(scoop.architecture["64bit"], { url: WINDOWS.url, hash: WINDOWS.sha256 });
  strictEqual(
    scoop.autoupdate.architecture["64bit"].url.replaceAll("$version", "1.2.3"),
    WINDOWS.url,
  );
});

Deno.test("manifests() writes three consistent files for winget", () => {
  const files = Object.entries(manifests(OF)).filter(([name]) => name.endsWith(".yaml"));
  const read = files.map(([, text]) => parse(text));
  deepStrictEqual(read.map(({ ManifestType }) => ManifestType), ["version", "installer", "defaultLocale"]);
  for (const { PackageIdentifier, PackageVersion } of read) {
    deepStrictEqual([PackageIdentifier, PackageVersion], ["some-owner.kedro-azureml", "1.2.3"]);
  }
  const [installer] = read[1].Installers;
  deepStrictEqual(installer.InstallerUrl, WINDOWS.url);
  deepStrictEqual(installer.InstallerSha256, WINDOWS.sha256);
});

Deno.test("manifests() rejects a missing archive and an invalid repository", () => {
  throws(() => manifests({ ...OF, checksums: SUMS.replace(/.*windows.*\n/, "") }), /does not list .*windows/);
  throws(() => manifests({ ...OF, repository: "somewhere" }), /not the address/);
  ok(manifests(OF));
});
