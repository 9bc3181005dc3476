import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { toPlain } from "../../config/omegaconf/node.ts";
import { parseYaml } from "../../config/omegaconf/yaml.ts";
import { UserError } from "../../core/errors.ts";
import { isPlainObject, leavesOf, textOf } from "../../core/json.ts";
import { maskedPair } from "../../core/secrets.ts";
import { percentDecoded } from "../../core/untrusted.ts";
import { transferLimit } from "../client/pace.ts";
import type { Workspace } from "../client/workspace.ts";
import { readCodeFile } from "../job/code/file.ts";
import type { PreparedCode } from "../job/code/select.ts";
import { listUploaded } from "../storage/blobs.ts";
import { readPart } from "../storage/read.ts";

interface CodeFileMarks {
  readonly sizeBytes: number;
  /** Base64; `undefined` if it is not known. */
  readonly md5: () => Promise<string | undefined>;
}

interface Code {
  readonly files: ReadonlyMap<string, CodeFileMarks>;
  /** The text of a file; `undefined` if it cannot be read. */
  read(name: string): Promise<string | undefined>;
}

/** What differs between several versions of the code. */
export interface CodeChanges {
  readonly files: readonly string[];
  /** Values of configuration files that differ; `null` where there is none. Secrets are masked. */
  readonly configuration: readonly ConfigurationChange[];
}

interface ConfigurationChange {
  readonly file: string;
  /** Keys from the top, such as `model.alpha`. */
  readonly key: string;
  readonly values: readonly (string | null)[];
}

/** Limits: bytes of a configuration file, and how many differing ones are read. */
const MOST = { bytes: 256 * 1024, files: 50 } as const;
/** Configuration files of Kedro, without those of credentials. */
const CONFIGURATION = /(?:^|\/)conf\/(?!(?:.*\/)?credentials)[^]*\.ya?ml$/;

/** Compares versions of the code with the first of them. */
export async function codeChanges(codes: readonly Code[]): Promise<CodeChanges> {
  const names = [...new Set(codes.flatMap(({ files }) => [...files.keys()]))].sort();
  const differs = await Promise.all(
    names.map((name) => isDifferent(codes.map(({ files }) => files.get(name)))),
  );
  const files = names.filter((_, at) => differs[at]);
  const limit = transferLimit();
  const read = files.filter((name) => CONFIGURATION.test(name)).slice(0, MOST.files).map(async (name) => {
    const texts = codes.map((code) => code.files.has(name) ? limit(() => code.read(name)) : undefined);
    return configurationChanges(name, await Promise.all(texts));
  });
  return { files, configuration: (await Promise.all(read)).flat() };
}

async function isDifferent([first, ...others]: readonly (CodeFileMarks | undefined)[]): Promise<boolean> {
  if (others.some((other) => other?.sizeBytes !== first?.sizeBytes)) return true;
  const [hash, ...rest] = await Promise.all([first, ...others].map((file) => file?.md5()));
  return rest.some((other) => other !== undefined && hash !== undefined && other !== hash);
}

/** The values that differ between versions of a configuration file; none if one of them is not plain YAML. Pure. */
export function configurationChanges(
  file: string,
  texts: readonly (string | undefined)[],
): readonly ConfigurationChange[] {
  try {
    const all = texts.map((text) => new Map(text === undefined ? [] : valuesIn(text, file)));
    return [...new Set(all.flatMap((values) => [...values.keys()]))].flatMap((key) => {
      const values = all.map((one) => one.has(key) ? maskedPair(key, one.get(key)!)[1] : null);
      const isEqual = all.every((one) => one.get(key) === all[0]!.get(key));
      return isEqual ? [] : [{ file, key, values }];
    });
  } catch (thrown) {
    if (thrown instanceof UserError) return [];
    throw thrown;
  }
}

/** Each value of a YAML file by its keys from the top. @param asJson Whether texts have quotes, as in a command. */
function valuesIn(text: string, file: string, asJson = false): [string, string][] {
  const node = parseYaml(text, file);
  const plain = node && toPlain(node, { keepFloats: true });
  if (plain === undefined) return [];
  const leaves: [string, unknown][] = isPlainObject(plain) ? leavesOf(plain) : [["", plain]];
  return leaves.map(([key, value]) => [
    key,
    typeof value === "string" && !asJson ? value : JSON.stringify(value),
  ]);
}

/**
 * The values of a runtime parameter in several jobs, with what the files of those without it say; as they were if all
 * are equal then.
 */
export function withFileValues<Values extends readonly (string | undefined)[]>(
  values: Values,
  inFiles: (at: number) => string | undefined,
): Values {
  const all = values.map((value, at) => value ?? inFiles(at));
  return all.every((value) => value === all[0]) ? values : all as unknown as Values;
}

/** Files of parameters of any environment of Kedro, and those of its base. */
const PARAMETERS = /(?:^|\/)conf\/[^]*parameters[^]*\.(?:ya?ml|json)$/;
const BASE = /(?:^|\/)conf\/base\//;

/**
 * What parameters are in a version of the code without runtime parameters, as JSON; secrets are masked. Only values in
 * the base environment are known that neither another file nor an interpolation can replace; none of `undefined`, which
 * is code that cannot be read.
 */
export async function parametersIn(code: Code | undefined): Promise<ReadonlyMap<string, string>> {
  if (code === undefined) return new Map();
  const names = [...code.files.keys()].filter((name) => PARAMETERS.test(name));
  const limit = transferLimit();
  const texts = await Promise.all(names.slice(0, MOST.files).map((name) => limit(() => code.read(name))));
  try {
    const files = texts.map((text, at) => valuesIn(text ?? "", names[at]!, true));
    const topOf = ([key]: readonly [string, string]) => key.split(".")[0]!;
    const tops = files.flatMap((file) => [...new Set(file.map(topOf))]);
    const isOnly = (top: string) => tops.indexOf(top) === tops.lastIndexOf(top);
    const isWhole = names.every((name) => code.files.get(name)!.sizeBytes <= MOST.bytes);
    const isKnown = isWhole && names.length <= MOST.files && !texts.includes(undefined);
    return new Map(
      files.flatMap((file, at) => isKnown && BASE.test(names[at]!) ? file : [])
        .filter((leaf) => isOnly(topOf(leaf)) && !leaf[1].includes("${"))
        .map(([key, value]) => [key, maskedPair(key, value)[1]]),
    );
  } catch (thrown) {
    if (thrown instanceof UserError) return new Map();
    throw thrown;
  }
}

export function preparedCode({ fs, files }: Pick<PreparedCode, "fs" | "files">): Code {
  const all = new Map(files.map((file) => [file.name, file]));
  return {
    files: new Map(files.map((file) => [file.name, {
      sizeBytes: file.sizeBytes,
      async md5() {
        const hash = createHash("md5");
        for await (const chunk of readCodeFile(fs, file)) hash.update(chunk);
        return hash.digest("base64");
      },
    }])),
    async read(name) {
      const chunks = await Array.fromAsync(readCodeFile(fs, all.get(name)!));
      return Buffer.concat(chunks).toString();
    },
  };
}

/**
 * Opens the code that a job was submitted with.
 *
 * @param code Name and version of its asset, such as `0f8f…:1`, if it is known.
 * @returns `undefined` if it is not known, or this identity cannot read it.
 */
export async function openUploadedCode(
  workspace: Workspace,
  code: string | undefined,
): Promise<Code | undefined> {
  const [, name, version] = /^([\w-]+):(\w+)$/.exec(code ?? "") ?? [];
  if (name === undefined) return undefined;
  try {
    const action = "read the code of a job";
    const path = `codes/${name}/versions/${version}`;
    const asset = await workspace.find<{ readonly properties?: { readonly codeUri?: unknown } }>({
      action,
      method: "GET",
      path,
    });
    const [, containerUrl, folder] =
      /^(https?:\/\/.+)\/([^/]+)\/?$/.exec(textOf(asset?.properties?.codeUri) ?? "") ??
        [];
    if (containerUrl === undefined) return undefined;
    const target = {
      containerUrl,
      sas: undefined,
      folder: percentDecoded(folder!),
      storageAccountId: undefined,
    };
    const blobs = await listUploaded(workspace, target);
    return {
      files: new Map(
        [...blobs].map(([file, { sizeBytes, md5 }]) => [file, { sizeBytes, md5: async () => md5 }]),
      ),
      async read(file) {
        const url = `${containerUrl}/${[folder!, ...file.split("/").map(encodeURIComponent)].join("/")}`;
        const part = await readPart(workspace, { action, url }, 0, MOST.bytes);
        return part && new TextDecoder().decode(part.bytes);
      },
    };
  } catch (thrown) {
    if (!(thrown instanceof UserError) || workspace.signal.aborted) throw thrown;
    return undefined;
  }
}
