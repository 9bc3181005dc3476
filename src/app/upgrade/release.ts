import { createHash } from "node:crypto";
import { join } from "node:path";
import { isSafe } from "../../core/clouds/hosts.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { AppContext } from "../context.ts";

/** A release: its checksums, and the address or folder that they come from. */
export interface Release {
  readonly from: string;
  readonly checksums: string;
  /** Absent if the checksums list no npm package, whose name has the version. */
  readonly version: string | undefined;
}

/** Where the name starts in a line of SHA256SUMS. */
const NAME_AT = 66;
/** Start of the name of the npm package; those for one system have letters next. */
const NPM_NAME = "kedro-azureml-cli-";

function isNpmPackage(name: string): boolean {
  const next = name[NPM_NAME.length] ?? "";
  return name.startsWith(NPM_NAME) && name.endsWith(".tgz") && next >= "0" && next <= "9";
}

/** Reads a release's version. @param from URL or local folder. @throws {UserError} `upgrade.download`. */
export async function openRelease(ctx: AppContext, from: string): Promise<Release> {
  const checksums = new TextDecoder().decode(await readFile(ctx, from, "SHA256SUMS"));
  const packed = checksums.split("\n").map((line) => line.trimEnd().slice(NAME_AT)).find(isNpmPackage);
  return { from, checksums, version: packed?.slice(NPM_NAME.length, -".tgz".length) };
}

/** Reads a file of a release and verifies it. @throws {UserError} `upgrade.download`, `upgrade.checksum`. */
export async function readVerified(
  ctx: AppContext,
  { from, checksums }: Release,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const line = checksums.split("\n").find((line) => line.trimEnd().slice(NAME_AT) === name);
  const bytes = line && await readFile(ctx, from, name);
  if (bytes && createHash("sha256").update(bytes).digest("hex") === line.slice(0, 64)) return bytes;
  throw new UserError(
    line
      ? `The checksum of ${name} is not the one in SHA256SUMS`
      : `SHA256SUMS of ${from} does not list ${name}`,
    {
      code: "upgrade.checksum",
      exit: ExitCode.Rejected,
      hint: line ? "Run `kedro-azureml upgrade` again" : "Check that the release has a file for this system",
    },
  );
}

async function readFile(ctx: AppContext, from: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!URL.canParse(from) || !from.includes("://")) {
    const path = join(from, name);
    if ((await ctx.fs.stat(path))?.kind !== "file") throw notDownloaded(path, "file not found");
    return await ctx.fs.readBytes(path);
  }
  return await fetchFile(ctx, `${from.endsWith("/") ? from.slice(0, -1) : from}/${name}`);
}

/** Redirects to follow: releases of GitHub are on another host. */
const MOST_REDIRECTS = 5;

async function fetchFile(ctx: AppContext, start: string): Promise<Uint8Array<ArrayBuffer>> {
  let url = start;
  for (let redirects = MOST_REDIRECTS; redirects >= 0; redirects--) {
    // Plain HTTP could be changed on the way, and so could the checksums.
    if (!isSafe(new URL(url))) throw notDownloaded(url, "only HTTPS is allowed");
    const response = await ctx.fetch(new Request(url, { redirect: "manual", signal: ctx.signal })).catch(
      (thrown) => {
        ctx.signal.throwIfAborted();
        throw notDownloaded(url, thrown instanceof Error ? thrown.message : String(thrown));
      },
    );
    if (response.status === 200) return new Uint8Array(await response.arrayBuffer());
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) {
      throw notDownloaded(url, `the server answered with ${response.status}`);
    }
    url = new URL(location, url).href;
  }
  throw notDownloaded(start, `more than ${MOST_REDIRECTS} redirects`);
}

function notDownloaded(from: string, why: string): UserError {
  return new UserError(`Cannot read ${from}: ${why}`, {
    code: "upgrade.download",
    exit: ExitCode.Unavailable,
    hint:
      "Check the address of the release and the network, or use `--from` with a folder that has its files",
  });
}
