import { reasonOf } from "../../core/errors.ts";
import type { Endpoint } from "../../azureml/access/endpoints.ts";
import type { Cloud } from "../../core/clouds/load.ts";
import type { Check } from "../../app/doctor/host.ts";
import type { Finding } from "../../app/doctor/examine.ts";
import type { Output } from "../command/output.ts";
import { renderError } from "../text/error.ts";

const MARKS: Readonly<Record<Check["status"], string>> = { ok: "✓", warned: "!", failed: "✗", skipped: "·" };

/** Writes one look as a line, and in the end the first thing that is wrong, with what to do about it. */
export function renderFinding(finding: Finding): Output {
  if (finding.type === "check") return { data: undefined, text: `${checkLine(finding.check)}\n` };
  const { checks, endpoints } = finding;
  const first = checks.find(({ status }) => status === "failed");
  return {
    data: {
      ok: first === undefined,
      first: first?.id ?? null,
      checks: checks.map(checkData),
      endpoints: endpoints.map(endpointData),
    },
    text: `\n${first === undefined ? wellText(checks) : firstText(first, checks)}`,
    ...(first?.error && { exit: first.error.exit }),
  };
}

function checkLine({ title, status, said, error, milliseconds }: Check): string {
  const words = error === undefined ? said ?? "" : reasonOf(error);
  const time = status === "skipped" ? "" : ` (${Math.round(milliseconds)} ms)`;
  const shown = status === "skipped" ? `not checked${words === "" ? "" : `: ${words}`}` : words;
  return `${MARKS[status]} ${title.padEnd(27)} ${shown}${time}`;
}

function wellText(checks: readonly Check[]): string {
  const warned = checks.filter(({ status }) => status === "warned");
  const skipped = checks.filter(({ status }) => status === "skipped");
  const hints = warned.flatMap(({ error }) => error?.hint === undefined ? [] : [`hint: ${error.hint}\n`]);
  const left = skipped.length === 0 ? "" : `, as far as it was looked at`;
  return `✓ Nothing is wrong${left}\n${hints.join("")}`;
}

function firstText(first: Check, checks: readonly Check[]): string {
  const others = checks.filter((one) => one.status === "failed" && one !== first);
  const rest = others.length === 0
    ? ""
    : `Look at this first; then at: ${others.map(({ title }) => title).join(", ")}\n`;
  return `The first thing that is wrong: ${first.title}\n${renderError(first.error!).text}${rest}`;
}

function checkData({ id, title, status, said, error, milliseconds }: Check) {
  return {
    id,
    title,
    status,
    said: said ?? null,
    milliseconds,
    error: error === undefined ? null : {
      code: error.code,
      message: error.message,
      hint: error.hint ?? null,
      details: error.details,
      ...error.data,
    },
  };
}

/** Writes the hosts as a table that can go into a ticket. */
export function renderEndpoints(cloud: Cloud, endpoints: readonly Endpoint[]): Output {
  const groups = [
    ["Outbound connections of kedro-azureml (TCP)", endpoints.filter(({ by }) => by === "program")],
    ["Of a browser that follows its links", endpoints.filter(({ by }) => by === "browser")],
  ] as const;
  return {
    data: { cloud: cloud.name, endpoints: endpoints.map(endpointData) },
    text: [
      `Cloud ${cloud.name}`,
      ...proxyLines(endpoints),
      ...groups.flatMap(([title, all]) => all.length === 0 ? [] : ["", title, ...table(all)]),
      "",
      ...notes(cloud, endpoints),
    ].join("\n") + "\n",
  };
}

/** What this machine itself connects to, where a proxy does the rest. */
function proxyLines(endpoints: readonly Endpoint[]): string[] {
  const proxies = endpoints.flatMap(({ proxy }) =>
    proxy === undefined ? [] : [`  ${proxy.host}  ${proxy.port}  the proxy of ${proxy.from}`]
  );
  if (proxies.length === 0) return [];
  return ["", "From this machine to its proxy (TCP)", ...new Set(proxies)];
}

function table(endpoints: readonly Endpoint[]): string[] {
  const width = Math.max(...endpoints.map(({ host }) => host.length));
  return endpoints.map(({ host, port, protocol, purpose, proxy }) =>
    [
      `  ${host.padEnd(width)}`,
      String(port).padEnd(5),
      protocol.padEnd(5),
      purpose + (proxy === undefined ? "" : `; through ${proxy.host}:${proxy.port} (${proxy.from})`),
    ].join("  ")
  );
}

function notes({ mlApiSuffix }: Cloud, endpoints: readonly Endpoint[]): string[] {
  const wild = endpoints.some(({ host, by }) => by === "program" && host.startsWith("*."));
  return [
    ...(wild
      ? [
        "`kedro-azureml doctor` names the hosts that stand for *. once it reaches the workspace; its --json lists them",
      ]
      : []),
    ...(mlApiSuffix === undefined
      ? [
        "The host of run history is the one in the workspace's discoveryUrl, which `kedro-azureml doctor` shows",
      ]
      : []),
  ];
}

function endpointData({ host, port, protocol, purpose, by, proxy }: Endpoint) {
  return { host, port, protocol, purpose, by, proxy: proxy ?? null };
}
