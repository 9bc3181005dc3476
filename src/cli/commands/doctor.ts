import type { DoctorEvent } from "../../app/check/doctor.ts";
import type { DoctorCheck as Check } from "../../app/check/host.ts";
import type { Endpoint } from "../../azureml/resources/hosts.ts";
import { hintLines, reasonOf } from "../../core/errors.ts";
import type { Cloud } from "../../core/net/clouds.ts";
import { command } from "../parse/command.ts";
import { flag } from "../parse/field.ts";
import { inWorkspace, ofTenant } from "../parse/options.ts";
import { errorData, renderError } from "../text/error.ts";
import type { Output } from "../text/output.ts";
import { markOf, tableText } from "../text/render.ts";

export const doctor = command({
  name: "doctor",
  about: "Diagnose the connection to Azure and the workspace",
  examples: [
    ["doctor", "Find the first problem"],
    ["--ca-file corporate-ca.pem doctor", "Test with a private CA certificate"],
  ],
  needs: ["azure"],
  options: {
    ...inWorkspace,
    endpoints: flag("--endpoints", "list the required hosts and ports without connecting"),
    ...ofTenant,
  },
  async *run(ctx, { endpoints, ...options }) {
    const { requiredEndpoints, runDoctor } = await import("../../app/check/doctor.ts");
    if (endpoints) {
      const required = await requiredEndpoints(ctx);
      return yield renderEndpoints(required.cloud, required.endpoints);
    }
    for await (const event of runDoctor(ctx, options)) yield renderEvent(event);
  },
});

/** Renders a check as one line, and the end as the first failure with its fix. */
function renderEvent(event: DoctorEvent): Output {
  if (event.type === "check") return { text: `${checkLine(event.check)}\n` };
  const { checks, endpoints } = event;
  const first = checks.find(({ status }) => status === "failed");
  return {
    data: {
      ok: first === undefined,
      first: first?.id ?? null,
      checks: checks.map(checkData),
      endpoints: endpoints.map(endpointData),
    },
    text: `\n${first === undefined ? successText(checks) : failureText(first, checks)}`,
    ...(first?.error && { exit: first.error.exit }),
  };
}

function checkLine({ title, status, summary, error, milliseconds }: Check): string {
  const words = error === undefined ? summary ?? "" : reasonOf(error);
  const time = status === "skipped" ? "" : ` (${Math.round(milliseconds)} ms)`;
  const shown = status === "skipped" ? `not checked${words === "" ? "" : `: ${words}`}` : words;
  return `${markOf(status)} ${title.padEnd(27)} ${shown}${time}`;
}

function successText(checks: readonly Check[]): string {
  const warned = checks.filter(({ status }) => status === "warned");
  const skipped = checks.filter(({ status }) => status === "skipped");
  const hints = warned.flatMap(({ error }) => hintLines(error?.hint));
  const rest = skipped.length === 0 ? "" : "; some checks were skipped";
  return [`✓ No problems found${rest}`, ...hints, ""].join("\n");
}

function failureText(first: Check, checks: readonly Check[]): string {
  const others = checks.filter((check) => check.status === "failed" && check !== first);
  const rest = others.length === 0
    ? ""
    : `Fix this first. Also failed: ${others.map(({ title }) => title).join(", ")}\n`;
  return `First failure: ${first.title}\n${renderError(first.error!).text}${rest}`;
}

function checkData({ id, title, status, summary, error, milliseconds }: Check) {
  return {
    id,
    title,
    status,
    message: summary ?? null,
    durationMs: milliseconds,
    error: error === undefined ? null : { ...errorData(error), ...error.data },
  };
}

function renderEndpoints(cloud: Cloud, endpoints: readonly Endpoint[]): Output {
  const groups = [
    ["Outbound connections of kedro-azureml (TCP)", endpoints.filter(({ by }) => by === "program")],
    ["Opened in your browser", endpoints.filter(({ by }) => by === "browser")],
  ] as const;
  return {
    data: { cloud: cloud.name, endpoints: endpoints.map(endpointData) },
    text: [
      `Cloud ${cloud.name}`,
      ...proxyLines(endpoints),
      ...groups.flatMap(([title, all]) => all.length === 0 ? [] : ["", title, ...hostLines(all)]),
      "",
      ...notes(cloud, endpoints),
    ].join("\n") + "\n",
  };
}

function proxyLines(endpoints: readonly Endpoint[]): string[] {
  const proxies = endpoints.flatMap(({ proxy }) =>
    proxy === undefined ? [] : [`  ${proxy.host}  ${proxy.port}  proxy from ${proxy.from}`]
  );
  if (proxies.length === 0) return [];
  return ["", "From this machine to its proxy (TCP)", ...new Set(proxies)];
}

function hostLines(endpoints: readonly Endpoint[]): string[] {
  const rows = endpoints.map(({ host, port, protocol, purpose, proxy }) => [
    `  ${host}`,
    String(port),
    protocol,
    purpose + (proxy === undefined ? "" : `; via ${proxy.host}:${proxy.port} (${proxy.from})`),
  ]);
  return tableText(rows).trimEnd().split("\n");
}

function notes({ mlApiSuffix }: Cloud, endpoints: readonly Endpoint[]): string[] {
  return [
    endpoints.some(({ host, by }) => by === "program" && host.startsWith("*.")) &&
    "`kedro-azureml doctor --json` lists the actual hosts behind *. once it reaches the workspace",
    mlApiSuffix === undefined &&
    "The run history host is in the discoveryUrl of the workspace; `kedro-azureml doctor` shows it",
  ].filter((note) => note !== false);
}

function endpointData({ host, port, protocol, purpose, by, proxy }: Endpoint) {
  return { host, port, protocol, purpose, by, proxy: proxy ?? null };
}
