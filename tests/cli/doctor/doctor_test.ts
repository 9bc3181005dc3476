import { deepEqual, equal } from "node:assert/strict";
import { renderEndpoints, renderEvent } from "../../../src/cli/commands/doctor.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { UserError } from "../../../src/core/errors.ts";

type Event = Parameters<typeof renderEvent>[0];
type Check = Extract<Event, { type: "check" }>["check"];
type Endpoint = Parameters<typeof renderEndpoints>[1][number];

const ERROR = new UserError("Cannot use it: it is old", { code: "a.b", exit: 6, hint: "Renew it" });
const check = (status: string, more: object = {}) =>
  ({ id: "a", title: "Name", status, milliseconds: 1.6, ...more }) as Check;

for (
  const [what, given, line] of [
    ["a passed check", check("ok", { summary: "fine" }), "✓ Name                        fine (2 ms)"],
    ["a warning", check("warned", { error: ERROR }), "! Name                        it is old (2 ms)"],
    [
      "a failed check",
      check("failed", { summary: "no", error: ERROR }),
      "✗ Name                        it is old (2 ms)",
    ],
    ["a skipped check", check("skipped"), "· Name                        not checked"],
    [
      "a skipped check with its reason",
      check("skipped", { summary: "no net" }),
      "· Name                        not checked: no net",
    ],
  ] as const
) {
  Deno.test(`renderEvent() prints ${what}`, () => {
    deepEqual(renderEvent({ type: "check", check: given }), { data: undefined, text: `${line}\n` });
  });
}

const end = (...checks: readonly Check[]) =>
  renderEvent({ type: "end", checks, endpoints: [] } as unknown as Event);

for (
  const [what, checks, text, exit] of [
    ["that all passed", [check("ok")], "\n✓ No problems found\n", undefined],
    [
      "of which one was skipped",
      [check("ok"), check("skipped")],
      "\n✓ No problems found; some checks were skipped\n",
      undefined,
    ],
    [
      "of which one warns",
      [check("warned", { error: ERROR })],
      "\n✓ No problems found\nhint: Renew it\n",
      undefined,
    ],
    [
      "of which one failed",
      [check("ok"), check("failed", { error: ERROR })],
      "\nFirst failure: Name\nerror: Cannot use it: it is old\nhint: Renew it\n",
      6,
    ],
    [
      "that all failed",
      ["A", "B", "C"].map((title) => check("failed", { title, error: ERROR })),
      "\nFirst failure: A\nerror: Cannot use it: it is old\nhint: Renew it\nFix this first. Also failed: B, C\n",
      6,
    ],
  ] as const
) {
  Deno.test(`renderEvent() summarizes checks ${what}`, () => {
    const output = end(...checks);
    equal(output.text, text);
    equal(output.exit, exit);
    equal((output.data as { ok: boolean }).ok, exit === undefined);
    equal((output.data as { first: string | null }).first, exit === undefined ? null : "a");
  });
}

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
