import type { Context } from "../../core/context.ts";
import { withoutSecrets } from "../../core/text/redact.ts";

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
