import type { Context, Proxy } from "../context.ts";
import { ExitCode, UserError } from "../errors.ts";
import { percentDecoded } from "../untrusted.ts";
import { fitsStars } from "../text_match.ts";

/** Variables that name the proxy of each protocol, in order of precedence. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  "https:": ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
  "http:": ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
};

const PORTS: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "socks5:": 1080,
  "socks5h:": 1080,
};

/**
 * Returns the proxy for a URL; `undefined` if requests go directly.
 *
 * Link-local addresses (169.254.0.0/16, which includes the managed identity endpoint) never use a proxy: it would ask
 * for its own identity.
 *
 * @throws {UserError} `network.proxy_address` when the variable does not contain a URL.
 */
export function proxyFor(url: URL, env: Context["env"]): Proxy | undefined {
  const from = VARIABLES[url.protocol]?.find((name) => env[name]?.trim());
  if (
    from === undefined || (url.hostname.startsWith("169.254.") && bytesOf(url.hostname) !== undefined) ||
    bypassesProxy(url, env.NO_PROXY ?? env.no_proxy ?? "")
  ) {
    return undefined;
  }
  return toProxy(env[from]!.trim(), from);
}

function toProxy(text: string, from: string): Proxy {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const port = PORTS[url?.protocol ?? ""];
  const isAddress = url !== undefined && url.hostname !== "" &&
    /^\/?$/.test(url.pathname + url.search + url.hash);
  if (!isAddress || port === undefined) {
    // Without the user and password; what is no address may be part of a password.
    const what = isAddress
      ? `"${url.protocol}//${url.host}" in ${from} has a scheme that is not supported`
      : `in ${from} is not a valid URL`;
    throw new UserError(`The proxy ${what}`, {
      // network.proxy_address: The proxy's address is not a URL, or its scheme is not supported. Write
      //   http://host:port.
      code: "network.proxy_address",
      exit: ExitCode.Config,
      hint: `Set ${from} to http://host:port or http://user:password@host:port, with special characters in ` +
        "the password encoded (%40 for @, %23 for #)",
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const portNumber = url.port === "" ? port : Number(url.port);
  return {
    url: `${url.protocol}//${url.hostname}:${portNumber}`,
    host,
    port: portNumber,
    user: url.username === "" && url.password === ""
      ? undefined
      : { name: percentDecoded(url.username), password: percentDecoded(url.password) },
    from,
  };
}

/**
 * Whether a NO_PROXY list contains the host of a URL. Entries are separated by commas, semicolons or spaces. Each is
 * `*`, a host name, a domain (with or without a leading `.` or `*.`), an address, a CIDR range, or a pattern with
 * `*`, and may end with a port.
 */
export function bypassesProxy(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  const port = url.port || (url.protocol === "http:" ? "80" : "443");
  return list.toLowerCase().split(/[\s,;]+/).some((entry) => entry !== "" && fits(entry, host, port));
}

function fits(entry: string, host: string, port: string): boolean {
  const [, bracketed, named, wanted] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  const pattern = bracketed ?? named ?? entry;
  if (wanted !== undefined && wanted !== port) return false;
  // Patterns such as `10.*` and `*-internal.example.com`, as Java and Windows write them.
  if (pattern.replace(/^\*\./, "").includes("*")) return fitsStars(pattern, host);
  if (bytesOf(host) !== undefined) return isInRange(host, pattern);
  const domain = pattern.replace(/^\*?\./, "").replace(/\.$/, "");
  return host === domain || host.endsWith(`.${domain}`);
}

/** Whether an address is another one, or in a CIDR range such as `10.0.0.0/8`. */
export function isInRange(text: string, range: string): boolean {
  const [, first = "", bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(range) ?? [];
  const [address, start] = [bytesOf(text), bytesOf(first)];
  if (address === undefined || start?.length !== address.length) return false;
  const length = bits === undefined ? address.length * 8 : Number(bits);
  if (length > address.length * 8) return false;
  return address.every((byte, at) => {
    const mask = 0xff << (8 - Math.min(8, Math.max(0, length - at * 8))) & 0xff;
    return (byte & mask) === (start[at]! & mask);
  });
}

/** The bytes of an IPv4 or IPv6 address; `undefined` for a name. */
export function bytesOf(text: string): readonly number[] | undefined {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text)) {
    const bytes = text.split(".").map(Number);
    return bytes.every((byte) => byte <= 255) ? bytes : undefined;
  }
  if (!text.includes(":") || !URL.canParse(`http://[${text}]`)) return undefined;
  // The URL parser normalizes it to the shortest form, without an embedded IPv4 address.
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const [before = "", after] = short.split("::");
  const [head, tail] = [before, after ?? ""].map((part) => part === "" ? [] : part.split(":"));
  const gap = after === undefined ? [] : Array(8 - head!.length - tail!.length).fill("0");
  return [...head!, ...gap, ...tail!].flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
