import { bytesOf, type Packed, zip } from "./archive.ts";
import { executableOf, type Target } from "../shared/targets.ts";

/** What the Python registry calls the program; `kedro-azureml` is another project's. */
export const WHEEL_NAME = "kedro-azureml-cli";

/** What a wheel says of the program, and holds of it. */
export interface WheelOf {
  readonly version: string;
  readonly target: Target;
  readonly executable: Uint8Array;
  /** The license, and those of what is embedded, by file name. */
  readonly licenses: Readonly<Record<string, string>>;
  /** Markdown for the registry's page. */
  readonly description: string;
  readonly repository: string | undefined;
}

/**
 * Makes a wheel whose only content is the executable, as a script: no Python code, no dependency, any Python 3.
 *
 * Source: the binary distribution format and core metadata 2.4 of packaging.python.org.
 */
export async function makeWheel(of: WheelOf): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const { version, target } = of;
  const stem = `${WHEEL_NAME.replaceAll("-", "_")}-${version}`;
  const info = `${stem}.dist-info`;
  const tag = `py3-none-${target.wheel}`;
  const files: Record<string, Packed> = {
    [`${stem}.data/scripts/${executableOf(target)}`]: { bytes: of.executable, runs: true },
    ...Object.fromEntries(
      Object.entries(of.licenses).map(([name, text]) => [`${info}/licenses/${name}`, { text }]),
    ),
    [`${info}/METADATA`]: { text: metadata(of) },
    [`${info}/WHEEL`]: {
      text: `Wheel-Version: 1.0\nGenerator: kedro-azureml\nRoot-Is-Purelib: false\nTag: ${tag}\n`,
    },
  };
  const lines = await Promise.all(
    Object.entries(files).map(async ([name, file]) => {
      const bytes = bytesOf(file);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
      const hash = digest.toBase64({ alphabet: "base64url", omitPadding: true });
      return `${name},sha256=${hash},${bytes.length}\n`;
    }),
  );
  files[`${info}/RECORD`] = { text: `${lines.join("")}${info}/RECORD,,\n` };
  return { name: `${stem}-${tag}.whl`, bytes: await zip(files) };
}

function metadata({ version, licenses, description, repository }: WheelOf): string {
  return [
    "Metadata-Version: 2.4",
    `Name: ${WHEEL_NAME}`,
    `Version: ${version}`,
    "Summary: Compile and submit Kedro pipelines to Azure Machine Learning, from one executable",
    ...repository === undefined ? [] : [`Project-URL: Source, ${repository}`],
    "License-Expression: Apache-2.0",
    ...Object.keys(licenses).map((name) => `License-File: ${name}`),
    "Keywords: kedro,azure,azureml,machine-learning,pipelines",
    "Classifier: Environment :: Console",
    "Classifier: Programming Language :: Python :: 3",
    "Requires-Python: >=3.7",
    "Description-Content-Type: text/markdown",
    "",
    description,
  ].join("\n");
}
