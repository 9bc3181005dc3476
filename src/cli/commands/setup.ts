import type { AppContext } from "../../app/context.ts";
import { type DataPushOptions, pushData } from "../../app/setup/data_push.ts";
import {
  type EnvironmentPushOptions,
  pushEnvironment,
  type PushResult,
} from "../../app/setup/environment.ts";
import type { PlanItem, SetupPlan } from "../../app/setup/plan.ts";
import { setUp, type SetupRequest } from "../../app/setup/setup.ts";
import { USUAL_CLUSTER } from "../../core/azure_limits.ts";
import type { BuildEvent } from "../../azureml/resources/create.ts";
import { countText } from "../../core/format.ts";
import { noCommands } from "../../core/untrusted.ts";
import { jobsRequest, type JobsTyped, readingRequest, type ReadingTyped } from "../parse/requests.ts";
import { type Output, workspaceData } from "../text/output.ts";
import { sizeText } from "../text/render.ts";

/** What is typed for `data push`. */
interface DataPushTyped extends ReadingTyped, Pick<DataPushOptions, "workspace" | "allow"> {
  readonly args: Pick<DataPushOptions, "name" | "path">;
}

/** Uploads a file or folder as a new version of a data asset. */
export async function dataPush(ctx: AppContext, typed: DataPushTyped): Promise<Output> {
  const { args, workspace, allow } = typed;
  const pushed = await pushData(ctx, { reading: readingRequest(typed), ...args, workspace, allow });
  const { name, version, path, type, files, sizeBytes, isUnchanged } = pushed;
  return {
    data: { name, version, type, files, sizeBytes, unchanged: isUnchanged },
    text: isUnchanged
      ? `✓ Data asset ${name}:${version} already has this content\n`
      : `✓ Uploaded ${path} (${countText(files, "file")}, ${
        sizeText(sizeBytes)
      }) as data asset ${name}:${version}\n`,
  };
}

/** Registers the project's environment as a new version. */
export async function* environmentPush(
  ctx: AppContext,
  typed: EnvironmentPushOptions,
): AsyncIterable<Output> {
  for await (const result of pushEnvironment(ctx, typed)) yield renderPush(result);
}

function renderPush(result: PushResult): Output {
  if (result.type !== "environment") return renderBuild(result);
  const { type, name, version, isUnchanged } = result;
  return {
    data: { type, name, version, unchanged: isUnchanged },
    text: isUnchanged
      ? `✓ Environment ${name}:${version} is already the same\n`
      : `✓ Registered environment ${name}:${version}\n`,
  };
}

/** What is typed for `setup`. */
interface SetupTyped
  extends
    JobsTyped,
    Pick<SetupRequest, "workspace" | "yes" | "dryRun" | "storageAccess" | "catalog" | "catalogOnly">,
    Partial<Pick<SetupRequest["cluster"], "vmSize" | "minNodes" | "maxNodes">> {
  readonly follow?: boolean;
  /** In seconds. */
  readonly idleTime?: number;
}

/** Creates what jobs need and do not have; the plan comes first. */
export async function* setup(ctx: AppContext, typed: SetupTyped): AsyncIterable<Output> {
  const usual = USUAL_CLUSTER;
  const { vmSize = usual.vmSize, minNodes = usual.minNodes, maxNodes = usual.maxNodes } = typed;
  const { idleTime = usual.idleSeconds } = typed;
  const { workspace, yes, follow: buildsImages, dryRun, storageAccess, catalog, catalogOnly } = typed;
  const { jobs, ...chosen } = await jobsRequest(ctx, typed);
  const request = {
    ...chosen,
    jobs: { ...jobs, all: true },
    workspace,
    yes,
    buildsImages,
    dryRun,
    storageAccess,
    catalog,
    catalogOnly,
    cluster: { vmSize, minNodes, maxNodes, idleSeconds: Math.ceil(idleTime) },
  };
  for await (const result of setUp(ctx, request)) {
    if (result.type === "plan") yield renderPlan(result.plan);
    else if (result.type === "build") yield renderBuild(result.event);
    else yield { data: { type: "created", ...dataOf(result.item) }, text: `✓ ${madeText(result.item)}\n` };
  }
}

function renderPlan({ workspace, location, items, present, unmet }: SetupPlan): Output {
  const head = workspace === undefined
    ? "The catalog, without Azure"
    : `Workspace ${workspace.config.name}${location === undefined ? "" : ` in ${location}`}`;
  const lines = [
    ...present.map((what) => `  = ${what}`),
    ...items.flatMap(itemLines),
    ...unmet.flatMap(({ what, hint }) => [`  ! ${what}`, `    ${hint}`]),
    ...(items.length === 0 && unmet.length === 0 ? ["  Nothing is missing."] : []),
  ];
  return {
    data: {
      type: "plan",
      workspace: workspace && workspaceData(workspace.config),
      create: items.map(dataOf),
      present,
      missing: unmet,
    },
    text: `${head}\n${lines.join("\n")}\n`,
  };
}

function itemLines(item: PlanItem): string[] {
  if (item.kind === "catalog") {
    const changed = item.diff.split("\n").slice(4).filter((line) => line !== "").map((line) => `    ${line}`);
    const { assets, passedOn } = item;
    const what = [
      ...(assets.length > 0 ? [`${assets.join(", ")} read from data assets`] : []),
      ...(passedOn.length > 0 ? [`${passedOn.join(", ")} passed on and kept by Azure ML`] : []),
    ];
    return [`  ~ ${item.file}: ${what.join("; ")}`, ...changed];
  }
  const mark = item.kind === "environment" && item.change !== undefined ? "~" : "+";
  return [`  ${mark} ${planText(item)}`];
}

function planText(item: Exclude<PlanItem, { kind: "catalog" }>): string {
  switch (item.kind) {
    case "compute": {
      const { name, vmSize, minNodes, maxNodes } = item.cluster;
      const cost = minNodes === 0
        ? "costs nothing while no job runs"
        : `${countText(minNodes, "machine")} always ${minNodes === 1 ? "runs" : "run"} and cost${
          minNodes === 1 ? "s" : ""
        } money`;
      // Sizes with a GPU are those of the N series.
      const lacksGpu = name.toLowerCase().includes("gpu") && !vmSize.toLowerCase().startsWith("standard_n");
      const gpu = lacksGpu ? ", which have no GPU (see `--vm-size`)" : "";
      return `compute cluster ${name}: ${minNodes} to ${maxNodes} machines of ${vmSize}${gpu}; ${cost}`;
    }
    case "environment": {
      const { name, version } = item.environment;
      const since = item.change && `: its ${item.change.part} changed since version ${item.change.since}`;
      return `environment ${name}:${version} from ${item.file}${
        since ?? ""
      }; its image is built for the first job`;
    }
    case "data":
      return `data asset ${item.name}:${item.version} from ${item.shownPath} (${
        countText(item.data.files.length, "file")
      }, ${sizeText(item.sizeBytes)}); costs its storage`;
  }
}

function madeText(item: PlanItem): string {
  switch (item.kind) {
    case "compute":
      return `Created compute cluster ${item.cluster.name}`;
    case "environment":
      return `Registered environment ${item.environment.name}:${item.environment.version}`;
    case "data":
      return `Uploaded ${item.shownPath} as data asset ${item.name}:${item.version}`;
    case "catalog":
      return `Changed ${item.file}`;
  }
}

function dataOf(item: PlanItem): Record<string, unknown> {
  switch (item.kind) {
    case "compute":
      return { kind: item.kind, ...item.cluster };
    case "environment": {
      const { name, version } = item.environment;
      const since = item.change?.since;
      return { kind: item.kind, name, version, since, file: item.file };
    }
    case "data": {
      const { kind, name, version, shownPath: path, sizeBytes, data: { type } } = item;
      return { kind, name, version, path, type, sizeBytes };
    }
    case "catalog":
      return {
        kind: item.kind,
        file: item.file,
        datasets: [...item.assets, ...item.passedOn],
        diff: item.diff,
      };
  }
}

/** Renders what happens while an image is built. */
export function renderBuild(event: BuildEvent): Output {
  if (event.type === "log") return { data: event, text: noCommands(event.text) };
  return { data: { ...event, type: "build" }, text: `  Image: ${noCommands(event.status)}\n` };
}
