import { basename, dirname, join, relative, sep } from "node:path";
import type { Context, Entry } from "../../core/context.ts";
import { isOpenElsewhere, type Warning } from "../../core/errors.ts";
import { isCredentialsFile, isHiddenFile } from "../../core/secrets.ts";
import { DATA_NAME, isBelow, shellWord, shownName, windowsNameProblem } from "../../core/untrusted.ts";
import { INSIDE, isNever, isOwn, isSecretPath, ownFolders } from "../visible.ts";
import type { Project } from "../project.ts";
import type { ReaderOptions } from "./reader.ts";
import { type LaterEntries, MOST_ANSWER_BYTES, type ProjectFile } from "../sandbox/protocol.ts";

/** Top-level folders without source code; their files are fetched only when the project's code opens them. */
const LATER = new Set(
  "data mlruns logs sessions dist build spark-warehouse notebooks docs venv env virtualenv".split(" "),
);
const MOST_FILE_BYTES = 2 * 1024 * 1024;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_FILES = 20_000;

export interface HandedOver {
  readonly files: readonly ProjectFile[];
  readonly folders: readonly string[];
  readonly later: LaterEntries;
  readonly warnings: readonly Warning[];
}

export function insideRoot(project: Project): string {
  return ownFolders(project)[0].inside;
}

/** The path inside the interpreter for a path in one of the folders that the project's code may see. */
function insideOf(folders: ReturnType<typeof ownFolders>, path: string): string {
  const folder = folders.find((own) => isBelow(own.path, path))!;
  return [folder.inside, relative(folder.path, path).replaceAll(sep, "/")].filter(Boolean).join("/");
}

/** The folders outside the project that its code sees, which are read later, and those between them and the project. */
function outsideFolders([own, ...outside]: ReturnType<typeof ownFolders>): string[] {
  const above: string[] = [];
  for (
    let folder = dirname(own.path);
    outside.some(({ path }) => isBelow(path, folder));
    folder = dirname(folder)
  ) {
    above.push(folder);
    if (folder === dirname(folder)) break;
  }
  return [...new Set([...outside.map(({ path }) => path), ...above])].map((path) =>
    insideOf([own, ...outside], path)
  );
}

/**
 * Reads the project files that its code may see: source, configuration and other small files, but no secrets and no
 * links that point outside the project, except to folders that the user allows. Data and large files are fetched
 * later, when they are opened.
 */
export async function readProjectFiles(
  ctx: Pick<Context, "fs">,
  project: Project,
  { maskCredentials }: Pick<ReaderOptions, "maskCredentials"> = {},
): Promise<HandedOver> {
  const files: ProjectFile[] = [];
  const own = ownFolders(project);
  const inside = (path: string) => insideOf(own, path);
  const outside = outsideFolders(own);
  const folders: string[] = [...outside.length > 0 ? [INSIDE, ...outside] : [], own[0].inside];
  const later = { files: [] as { path: string; sizeBytes: number }[], folders: outside };
  const warnings: Warning[] = [];
  let bytes = 0;
  const enter = (folder: string) => {
    const name = basename(folder);
    const top = dirname(folder) === project.root && !`${project.sourceDir}/`.startsWith(`${folder}/`);
    if (top && LATER.has(name)) later.folders.push(inside(folder));
    return !isNever(name) && !(top && LATER.has(name));
  };
  for await (const { path, kind } of entries(ctx, project.root, enter)) {
    const to = inside(path);
    if (kind === "folder" || kind === "closed") {
      (kind === "folder" ? folders : later.folders).push(to);
      continue;
    }
    // With their values removed; other secret files stay hidden.
    if (isCredentialsFile(relative(project.root, path).replaceAll("\\", "/"))) {
      const content = kind === "file" ? await readMasked(ctx, path, maskCredentials) : undefined;
      if (content !== undefined) files.push({ path: to, bytes: content });
      continue;
    }
    if (isHiddenFile(basename(path))) continue;
    if (kind === "link" && !await isOwn(ctx, project, path)) {
      const target = await ctx.fs.realPath(path);
      // Editors create dangling links.
      const leadsOut = target !== undefined && target !== await ctx.fs.realPath(project.root);
      if (leadsOut) warnings.push(linkWarning(project, path, target));
      continue;
    }
    const stat = await ctx.fs.stat(path);
    if (stat?.kind === "folder") later.folders.push(to);
    if (stat?.kind !== "file") continue;
    const { sizeBytes } = stat;
    const isLarge = sizeBytes > MOST_FILE_BYTES || bytes + sizeBytes > MOST_BYTES;
    if (isLarge || DATA_NAME.test(path) || files.length >= MOST_FILES) {
      later.files.push({ path: to, sizeBytes });
      continue;
    }
    const content = await readOwn(ctx, path);
    if (content === undefined) later.files.push({ path: to, sizeBytes });
    else files.push({ path: to, bytes: content });
    bytes += sizeBytes;
  }
  return { files, folders, later, warnings };
}

/** Walks a folder; unreadable folders are reported as "closed", and fail only if the project opens them. */
async function* entries(
  ctx: Pick<Context, "fs">,
  folder: string,
  enter: (folder: string) => boolean,
): AsyncIterable<{ readonly path: string; readonly kind: Entry["kind"] | "closed" }> {
  const below: string[] = [];
  const note = (path: string) => {
    if (enter(path)) below.push(path);
    return false;
  };
  try {
    yield* ctx.fs.walk(folder, note);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.PermissionDenied)) throw thrown;
    yield { path: folder, kind: "closed" };
  }
  for (const path of below) {
    yield { path, kind: "folder" };
    yield* entries(ctx, path, enter);
  }
}

async function readOwn(
  ctx: Pick<Context, "fs">,
  path: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await ctx.fs.readBytes(path);
  } catch (thrown) {
    // Deleted meanwhile, or not readable now: the project's code gets an error when it opens the file.
    const isGone = thrown instanceof Deno.errors.PermissionDenied || thrown instanceof Deno.errors.NotFound;
    if (isGone || isOpenElsewhere(thrown)) return undefined;
    throw thrown;
  }
}

async function readMasked(
  ctx: Pick<Context, "fs">,
  path: string,
  mask: ReaderOptions["maskCredentials"],
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const stat = await ctx.fs.stat(path);
  if (mask === undefined || stat === undefined || stat.sizeBytes > MOST_FILE_BYTES) return undefined;
  const bytes = await readOwn(ctx, path);
  const content = bytes && mask(new TextDecoder().decode(bytes), basename(path));
  return content === undefined ? undefined : new TextEncoder().encode(content);
}

/** Answers an untrusted file request of the running project's code by the rules of this file; `undefined` refuses it. */
export async function answerAsk(
  ctx: Pick<Context, "fs">,
  project: Project,
  { what, path }: { readonly what: unknown; readonly path: unknown },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (typeof path !== "string") return undefined;
  const folder = ownFolders(project).find(({ inside }) => `${path}/`.startsWith(`${inside}/`));
  if (folder === undefined) return undefined;
  const names = path.slice(folder.inside.length).split("/").slice(1);
  if (
    isOnWindows(project) &&
    names.some((name) => windowsNameProblem(`/${name}`) !== undefined || /\\/.test(name))
  ) {
    return undefined;
  }
  if (names.some((name) => name === "" || isSecretPath(name))) return undefined;
  const real = join(folder.path, ...names);
  const stat = await ctx.fs.stat(real);
  if (stat === undefined || !await isOwn(ctx, project, real)) return undefined;
  if (what === "list" && stat.kind === "folder") {
    return new TextEncoder().encode(JSON.stringify(await listed(ctx, project, real)));
  }
  const readable = what === "read" && stat.kind === "file" && stat.sizeBytes <= MOST_ANSWER_BYTES;
  return readable ? await ctx.fs.readBytes(real) : undefined;
}

/** There, names can lead to devices, to streams such as `.env::$DATA`, and with `\` to other folders. */
function isOnWindows({ root }: Project): boolean {
  return /^(?:[A-Za-z]:|\\\\)/.test(root);
}

async function listed(ctx: Pick<Context, "fs">, project: Project, folder: string): Promise<LaterEntries> {
  const own = ownFolders(project);
  const files: { path: string; sizeBytes: number }[] = [];
  const folders: string[] = [];
  const note = (path: string) => {
    // The project itself, and what contains it, is there.
    if (!isNever(basename(path)) && !isBelow(path, project.root)) folders.push(insideOf(own, path));
    return false;
  };
  for await (const { path, kind } of ctx.fs.walk(folder, note)) {
    if (isSecretPath(basename(path)) || kind === "link" && !await isOwn(ctx, project, path)) continue;
    const stat = await ctx.fs.stat(path);
    if (stat?.kind === "file") files.push({ path: insideOf(own, path), sizeBytes: stat.sizeBytes });
    if (stat?.kind === "folder") note(path);
  }
  return { files, folders };
}

function linkWarning({ root }: Project, path: string, target: string): Warning {
  const isHidden = isBelow(root, target) || isBelow(target, root) || isSecretPath(target);
  return {
    // kedro.link_refused: A link to outside the project stays hidden from its code. Allow it with
    //   `--allow-outside`.
    code: "kedro.link_refused",
    message: `"${
      shownName(relative(root, path))
    }" stays hidden from the project's code: the link points outside the project`,
    hint: isHidden
      ? "Replace the link with the file itself if the project needs it"
      : `Add \`--allow-outside ${shellWord(target)}\` if the project needs it`,
  };
}
