import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context } from "./context.ts";
import { PRIVATE_FILE } from "./files.ts";
import { withoutSecrets } from "./secrets.ts";

/** Programs that cannot open a browser fail within this time. */
const LOOK_MS = 2000;

type Machine = Pick<Context, "env" | "platform">;

/**
 * Why no browser can be opened here that the person would see; `undefined` if one can. Over SSH, a browser would open
 * on the remote machine, if at all.
 */
export function noBrowserReason({ env, platform }: Machine): string | undefined {
  if (!env.IDENTITY_ENDPOINT && env.MSI_ENDPOINT && env.MSI_SECRET) {
    return "this is Azure ML compute (MSI_ENDPOINT and MSI_SECRET are set)";
  }
  if (env.SSH_CONNECTION || env.SSH_TTY || env.SSH_CLIENT) return "this is an SSH session";
  if (platform !== "linux") return undefined;
  const hasScreen = env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME;
  return hasScreen ? undefined : "this machine has no display (DISPLAY and WAYLAND_DISPLAY are not set)";
}

/** Programs that open a URL in the person's browser, in the order in which they are tried. */
function openers({ env, platform }: Machine, url: string): readonly (readonly [string, readonly string[]])[] {
  const windows = ["rundll32.exe", ["url.dll,FileProtocolHandler", url]] as const;
  if (platform === "windows") return [windows];
  if (platform === "darwin") return [["open", [url]]];
  const wsl = env.WSL_DISTRO_NAME ? [["wslview", [url]] as const, windows] : [];
  return [...wsl, ["xdg-open", [url]], ["x-www-browser", [url]]];
}

/**
 * Opens a URL in the person's browser, without a shell.
 *
 * @returns Why it could not be opened; `undefined` if it was opened, as far as can be told.
 */
export async function openBrowser(
  ctx: Pick<Context, "env" | "platform" | "exec" | "clock">,
  url: string,
): Promise<string | undefined> {
  const tried: string[] = [];
  for (const [program, args] of openers(ctx, url)) {
    const looked = new AbortController();
    const exit = await Promise.race([
      ctx.exec(program, args, { detached: true, env: withoutSecrets(ctx.env), clearEnv: true }),
      ctx.clock.sleep(LOOK_MS, looked.signal).then(() => undefined),
    ]);
    looked.abort();
    // Some programs that open a browser keep running until its window is closed.
    if (exit === undefined || (exit.found && exit.status === 0)) return undefined;
    tried.push(exit.found ? `\`${program}\` exited with status ${exit.status}` : `\`${program}\` not found`);
  }
  return tried.join(", ");
}

/** How long a browser may take to start and read a file. */
const FILE_MS = 15_000;

/**
 * Opens an address with a key. Linux and macOS show every user the arguments of programs, so that these get the address
 * of a file that redirects, which only the person may read. It is in the home folder, without a dot before its name,
 * because browsers that were installed as snaps read no others.
 *
 * @returns Why it could not be opened, or when the file was removed.
 */
export async function openWithKey(
  ctx: Pick<Context, "env" | "platform" | "exec" | "clock" | "fs" | "home" | "random" | "signal">,
  url: string,
): Promise<{ readonly notOpened?: string | undefined; readonly shown?: Promise<void> }> {
  if (ctx.platform === "windows" || ctx.env.WSL_DISTRO_NAME) {
    return { notOpened: await openBrowser(ctx, url) };
  }
  if (ctx.home === undefined) return { notOpened: "there is no home folder (HOME is not set)" };
  const file = join(ctx.home, `kedro-azureml-${ctx.random.uuid()}.html`);
  const address = url.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const html = `<!doctype html><meta charset="utf-8"><title>kedro-azureml</title>` +
    `<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${address}">`;
  const remove = () => ctx.fs.remove(file).catch(() => {});
  try {
    await ctx.fs.writeText(file, html, PRIVATE_FILE);
  } catch {
    return { notOpened: `"${ctx.home}" is not writable` };
  }
  const notOpened = await openBrowser(ctx, pathToFileURL(file).href);
  if (notOpened !== undefined) return await remove().then(() => ({ notOpened }));
  return { shown: ctx.clock.sleep(FILE_MS, ctx.signal).catch(() => {}).then(remove) };
}
