import { equal, match } from "node:assert/strict";
import { privateLinkError } from "../../../src/azureml/resources/hosts.ts";

const URL = "https://store.blob.core.windows.net/";
const isPrivate = (...addresses: readonly string[]) =>
  privateLinkError("Storage", URL, addresses) === undefined;

const PRIVATE = [
  ["10.0.0.0", "10.255.255.255"],
  ["100.64.0.0", "100.127.255.255"],
  ["127.0.0.1", "127.255.0.1"],
  ["169.254.0.1", "169.254.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["::1", "fc00::1", "fdff::1", "fe80::1", "febf::1"],
].flat();
const PUBLIC = [
  ["9.255.255.255", "11.0.0.0"],
  ["100.63.255.255", "100.128.0.0", "101.64.0.0"],
  ["126.0.0.1", "128.0.0.1"],
  ["169.253.0.1", "169.255.0.1", "168.254.0.1"],
  ["172.15.255.255", "172.32.0.0", "171.16.0.1"],
  ["192.167.0.0", "192.169.0.0", "193.168.0.0"],
  ["::2", "fb00::1", "fe00::1", "fec0::1", "2603:1030::1"],
].flat();

for (const address of PRIVATE) {
  Deno.test(`privateLinkError() accepts private address ${address}`, () => equal(isPrivate(address), true));
}
for (const address of PUBLIC) {
  Deno.test(`privateLinkError() reports public address ${address}`, () => equal(isPrivate(address), false));
}

Deno.test("privateLinkError() accepts a host with one private address", () => {
  equal(isPrivate("20.60.1.2", "10.0.0.1"), true);
  equal(isPrivate(), true);
});

for (
  const [host, zone] of [
    ["store.blob.core.windows.net", "privatelink.blob.core.windows.net"],
    ["id.workspace.eastus.api.azureml.ms", "privatelink.api.azureml.ms"],
    ["vault.vault.azure.net", "privatelink.vault.azure.net"],
  ]
) {
  Deno.test(`privateLinkError() names the private DNS zone of ${host}`, () => {
    const { code, message, hint, data } = privateLinkError("It", `https://${host}/x`, [
      "20.60.1.2",
      "20.60.1.3",
    ])!;
    equal(code, "network.private_link");
    match(
      message,
      new RegExp(`^Cannot use It: ${host} resolves to the public address 20\\.60\\.1\\.2, but only`),
    );
    match(hint!, new RegExp(`link the private DNS zone ${zone} to`));
    equal((data.addresses as readonly string[]).length, 2);
  });
}
