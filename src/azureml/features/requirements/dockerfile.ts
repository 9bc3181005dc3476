import { dirname, join, relative } from "node:path";
import type { Place } from "../../../core/errors.ts";
import {
  logicalLines,
  mergePackages,
  normalized,
  type ProjectFolder,
  readCondaFile,
  readIfThere,
  readLine,
  readPyproject,
  readRequirementsFile,
  type RequiredPackages,
} from "./requirement_files.ts";

/** Images of Azure ML that have Python and conda, but no packages that projects use. */
const PLAIN_IMAGE =
  /^(?:mcr\.microsoft\.com\/azureml\/(?:openmpi|minimal|base|inference-base)|(?:docker\.io\/)?(?:library\/)?(?:python|ubuntu|debian|condaforge\/|continuumio\/miniconda|mambaorg\/))/;

/** What may install packages or make them importable in ways that are not read. */
const OTHER_WAYS =
  /\b(?:conda|mamba|micromamba) (?:install|create|update)\b|\bmamba env\b|\b(?:poetry|uv|pdm) add\b|\b(?:pipenv|pixi|rye|hatch) \w+|\bpython3-\w+|\bsetup\.py\b|\.sh\b|\bPYTHONPATH\b/;

/** Whether an image brings no packages that projects use. */
export function isPlainImage(image: string): boolean {
  return PLAIN_IMAGE.test(image);
}

/** Reads what a Dockerfile installs with pip and conda; its context is the folder of the file. */
export async function readDockerfile(
  folder: ProjectFolder,
  file: string,
  context = dirname(file),
): Promise<RequiredPackages | undefined> {
  const text = await readIfThere(folder, file);
  if (text === undefined) return undefined;
  const lines = logicalLines(text);
  const parts: RequiredPackages[] = [];
  const images = lines.flatMap(({ text }) => /^\s*FROM\s+(?:--\S+\s+)?(\S+)/i.exec(text)?.[1] ?? []);
  if (!images.every(isPlainImage)) {
    parts.push({
      requirements: [],
      open: `${file} starts from ${images.find((image) => !isPlainImage(image))}`,
    });
  }
  for (const { text, line } of lines) {
    const place = { file, line, column: 1 };
    if (/\b(?:uv sync|poetry install|uv export|pdm install)\b/.test(text)) {
      parts.push(
        await readPyproject(folder, "unknown") ?? { requirements: [], open: `${file} installs a lock file` },
      );
    }
    const other = OTHER_WAYS.exec(text)?.[0];
    if (other !== undefined) {
      parts.push({ requirements: [], open: `${file} uses ${other === ".sh" ? "a script" : other}` });
    }
    for (const [, args] of text.matchAll(/\bpip3?\s+install\s+([^&|;]+)/g)) {
      parts.push(await pipArguments(folder, args!, place, context));
    }
    for (const [, name] of text.matchAll(/\bconda\s+env\s+\w+\s[^&|;]*?(?:-f|--file)[=\s]+(\S+)/g)) {
      const condaFile = await readCondaFile(folder, normalized(relative("", join(context, baseOf(name!)))));
      parts.push(condaFile ?? { requirements: [], open: `${file} installs ${name}` });
    }
  }
  return mergePackages(parts);
}

async function pipArguments(
  folder: ProjectFolder,
  args: string,
  place: Place,
  context: string,
): Promise<RequiredPackages> {
  const words = args.match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replace(/^["']|["']$/g, "")) ?? [];
  const parts: RequiredPackages[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const file = /^(?:-r|--requirement)$/.test(word)
      ? words[++at]
      : /^(?:-r|--requirement=)(.+)/.exec(word)?.[1];
    if (file !== undefined) {
      const inContext = normalized(join(context, baseOf(file)));
      const path = await readIfThere(folder, inContext) === undefined ? baseOf(file) : inContext;
      parts.push(await readRequirementsFile(folder, path));
    } else if (word === "-e" || word === "--editable") {
      parts.push(await readLine(folder, `-e ${words[++at] ?? ""}`, place, []));
    } else if (/^(?:-[a-zA-Z]|--(?:index-url|extra-index-url|find-links|constraint))$/.test(word)) at++;
    else if (word.includes("$")) parts.push({ requirements: [], open: `${place.file} installs ${word}` });
    else parts.push(await readLine(folder, word, place, []));
  }
  return mergePackages(parts);
}

/** The name of a file that a Dockerfile copied before. */
function baseOf(path: string): string {
  return path.split("/").at(-1)!;
}
