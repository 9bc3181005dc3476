import { UserError } from "../../../core/errors.ts";
import { bytesOf } from "../../../core/net/proxy.ts";

/**
 * The error for a host that only allows private endpoints but resolves to a public address on this machine.
 *
 * @param addresses Addresses of the host; empty if a proxy resolves it.
 * @returns `undefined` if at least one address is private, or if none is known.
 */
export function privateLinkError(
  title: string,
  url: string,
  addresses: readonly string[],
): UserError | undefined {
  if (addresses.length === 0 || addresses.some(isPrivate)) return undefined;
  const { hostname } = new URL(url);
  return new UserError(
    `Cannot use ${title}: ${hostname} resolves to the public address ${
      addresses[0]
    }, but only private endpoints are allowed`,
    {
      code: "network.private_link",
      hint:
        `Connect to the workspace's network (VPN, jump host), and link the private DNS zone ${
          zoneOf(hostname)
        } ` +
        "to the network whose DNS this machine uses",
      data: { host: hostname, addresses },
    },
  );
}

/** The private DNS zone that Azure uses for a host. */
function zoneOf(hostname: string): string {
  const domain = /\.(blob\..+)$/.exec(hostname)?.[1] ?? /\.(api\..+)$/.exec(hostname)?.[1] ??
    hostname.split(".").slice(1).join(".");
  return `privatelink.${domain}`;
}

/** Whether an address is in a private network: RFC 1918 and 6598, loopback, link-local, and fc00::/7. */
function isPrivate(address: string): boolean {
  const [a = 0, b = 0, ...rest] = bytesOf(address) ?? [];
  if (rest.length === 2) {
    return a === 10 || a === 127 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) ||
      (a === 100 && b >= 64 && b < 128) || (a === 169 && b === 254);
  }
  return (a & 0xfe) === 0xfc || (a === 0xfe && (b & 0xc0) === 0x80) || address === "::1";
}
