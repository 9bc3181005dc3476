import { UserError } from "../../../core/errors.ts";
import { isInRange } from "../../../core/net/proxy.ts";

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
  if (
    addresses.length === 0 || addresses.some((address) => PRIVATE.some((range) => isInRange(address, range)))
  ) return undefined;
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

/** Private networks: RFC 1918 and 6598, loopback, link-local, and unique local addresses. */
const PRIVATE = [
  ...["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  ...["::1", "fc00::/7", "fe80::/10"],
];
