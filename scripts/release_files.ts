/**
 * Writes what is released beside the executables in `dist/`: the licences of all that they embed, a bill of materials
 * (CycloneDX 1.6), and the checksums of every file. `--tag v1.2.3` refuses where that is not the program's version.
 */

import { parseArgs } from "node:util";
import { VERSION } from "../src/core/version.ts";
import { type Component, components } from "./components.ts";

const LICENCES = "THIRD_PARTY_LICENSES.txt";
const MATERIALS = "kedro-azureml.cdx.json";
const CHECKSUMS = "SHA256SUMS";

/** The text of {@linkcode LICENCES}; a text that several components share stands there once. */
export function licencesText(all: readonly Component[]): string {
  const byText = Map.groupBy(
    all.flatMap(({ texts, ...component }) => texts.map((text) => ({ component, text: text.trim() }))),
    ({ text }) => text,
  );
  const list = all.map(({ name, version, licence }) => `${name} ${version}: ${licence.split("\n")[0]}`);
  const texts = [...byText].map(([text, uses]) =>
    `${"=".repeat(80)}\n${
      uses.map(({ component: { name, version } }) => `${name} ${version}`).join("\n")
    }\n\n${text}\n`
  );
  return `kedro-azureml ${VERSION} contains the following works of others.\n\n${list.join("\n")}\n\n${
    texts.join("\n")
  }`;
}

/** The bill of materials as CycloneDX has it. */
export function billOfMaterials(all: readonly Component[]): Record<string, unknown> {
  const program = `pkg:generic/kedro-azureml@${VERSION}`;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        "type": "application",
        "bom-ref": program,
        "name": "kedro-azureml",
        version: VERSION,
        purl: program,
      },
    },
    components: all.map(({ name, version, purl, licence }) => ({
      "type": "library",
      "bom-ref": purl,
      name,
      version,
      purl,
      licenses: [{ license: { name: licence.split("\n")[0] } }],
    })),
    dependencies: [{ ref: program, dependsOn: all.map(({ purl }) => purl) }],
  };
}

/** Lines as `sha256sum --check` takes them, of every file in a folder but the list itself. */
export async function checksums(folder: string): Promise<string> {
  const files = [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && name !== CHECKSUMS);
  const lines = files.map(({ name }) => name).sort().map(async (name) => {
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(`${folder}/${name}`));
    return `${new Uint8Array(digest).toHex()}  ${name}\n`;
  });
  return (await Promise.all(lines)).join("");
}

if (import.meta.main) {
  const { values: { tag } } = parseArgs({ args: Deno.args, options: { tag: { type: "string" } } });
  if (tag !== undefined && tag !== `v${VERSION}`) {
    Deno.stderr.writeSync(
      new TextEncoder().encode(`error: Cannot release "${tag}": src/core/version.ts says v${VERSION}\n`),
    );
    Deno.exit(1);
  }
  const all = await components(".cache/wheels");
  await Deno.mkdir("dist", { recursive: true });
  await Deno.writeTextFile(`dist/${LICENCES}`, licencesText(all));
  await Deno.writeTextFile(`dist/${MATERIALS}`, JSON.stringify(billOfMaterials(all), null, 2) + "\n");
  await Deno.writeTextFile(`dist/${CHECKSUMS}`, await checksums("dist"));
}
