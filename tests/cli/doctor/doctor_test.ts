import { deepEqual } from "node:assert/strict";
import { renderEndpoints } from "../../../src/cli/commands/doctor.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
type Endpoint = Parameters<typeof renderEndpoints>[1][number];

const endpoint = (host: string, more: Partial<Endpoint> = {}): Endpoint =>
  ({ host, port: 443, protocol: "HTTPS", purpose: "uploads", by: "program", ...more }) as Endpoint;

const proxy = { host: "proxy", port: 8080, from: "HTTPS_PROXY" } as unknown as NonNullable<Endpoint["proxy"]>;

Deno.test("renderEndpoints() groups hosts by program and browser, and lists each proxy once", () => {
  const cloud = CLOUDS.AzureCloud!;
  const lines = (...endpoints: readonly Endpoint[]) =>
    renderEndpoints(cloud, endpoints).text.trimEnd().split("\n");
  deepEqual(lines(endpoint("a.example")), [
    "Cloud AzureCloud",
    "",
    "Outbound connections of kedro-azureml (TCP)",
    "  a.example  443  HTTPS  uploads",
  ]);
  deepEqual(
    lines(
      endpoint("*.a.example", { proxy }),
      endpoint("b.example", { proxy }),
      endpoint("c.example", { by: "browser" }),
    ),
    [
      "Cloud AzureCloud",
      "",
      "From this machine to its proxy (TCP)",
      "  proxy  8080  proxy from HTTPS_PROXY",
      "",
      "Outbound connections of kedro-azureml (TCP)",
      "  *.a.example  443  HTTPS  uploads; via proxy:8080 (HTTPS_PROXY)",
      "  b.example    443  HTTPS  uploads; via proxy:8080 (HTTPS_PROXY)",
      "",
      "Opened in your browser",
      "  c.example  443  HTTPS  uploads",
      "",
      "`kedro-azureml doctor --json` lists the actual hosts behind *. once it reaches the workspace",
    ],
  );
  deepEqual(lines(endpoint("*.c.example", { by: "browser" })).length, 4);
});
