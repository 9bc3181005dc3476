import { dirname } from "node:path/posix";
import type { PlanItem, SetupPlan } from "../../app/setup/plan.ts";
import type { SetupOptions } from "../../app/setup/setup.ts";
import { USUAL_CLUSTER } from "../../app/defaults.ts";
import { countText, namesText, sizeText } from "../../core/format.ts";
import { command, type CommandContext } from "../parse/command.ts";
import { alike, flag, required, text, value } from "../parse/field.ts";
import { inOneWorkspace, inWorkspaceForAll, jobNames, overriding, reading } from "../parse/options.ts";
import { count, list, seconds } from "../parse/values.ts";
import { type Output, workspaceData } from "../text/output.ts";

const pushOfData = command({
  name: "push",
  about: `Upload a file or folder as a new version of a data asset.

Without a path, that of the catalog entry with this data asset is used. A path that you type may lie outside the project; one of the catalog only with \`--allow-outside\`.`,
  summary: "Upload a file or folder as a new version of a data asset",
  examples: [
    ["data push companies", "Upload the local file that the catalog names"],
    ["data push images data/01_raw/images", "Upload a folder"],
  ],
  needs: ["azure"],
  args: {
    name: required("<name>", "data asset"),
    path: text("[path]", "file or folder, also outside the project (default: the catalog's)"),
  },
  options: {
    ...inOneWorkspace,
    ...reading,
    allow: value(
      "--allow <codes>",
      "errors to ignore: data.secret, data.link, data.kind, data.dataset_name",
      list,
    ),
  },
  async run(ctx, typed) {
    const { pushData } = await import("../../app/setup/data_push.ts");
    const { name, version, path, type, files, sizeBytes, isUnchanged } = await pushData(ctx, typed);
    return {
      data: { name, version, type, files, sizeBytes, unchanged: isUnchanged },
      text: isUnchanged
        ? `✓ Data asset ${name}:${version} already has this content\n`
        : `✓ Uploaded ${path} (${countText(files, "file")}, ${
          sizeText(sizeBytes)
        }) as data asset ${name}:${version}\n`,
    };
  },
});

export const data = command({ name: "data", about: "Manage data assets", commands: [pushOfData] });

const pushOfEnvironment = command({
  name: "push",
  about: `Register the environment in environment/ as a new version.

Jobs use it if \`execution.environment\` in azureml.yml is its name with \`@latest\`. Azure ML builds its image when the first job uses it, which takes 10 to 20 minutes.`,
  summary: "Register the environment in environment/ as a new version",
  examples: [["environment push", "After you change environment/conda.yml"]],
  needs: ["azure"],
  options: inOneWorkspace,
  async run(ctx, typed) {
    const { pushEnvironment } = await import("../../app/setup/environment.ts");
    const { name, version, isUnchanged } = await pushEnvironment(ctx, typed);
    return {
      data: { type: "environment", name, version, unchanged: isUnchanged },
      text: isUnchanged
        ? `✓ Environment ${name}:${version} is already the same\n`
        : `✓ Registered environment ${name}:${version}\n`,
    };
  },
});

export const environment = command({
  name: "environment",
  about: "Manage environments",
  commands: [pushOfEnvironment],
});

export const setup = command({
  name: "setup",
  about: `Create what jobs need and do not have, after showing it.

This is the compute cluster, the environment that environment/environment.yml defines, data assets from local files, and catalog entries that steps can read. What exists is not changed, so running it again creates nothing. An environment whose definition changed gets a new version if jobs use the newest one.`,
  summary: "Create the compute, environment and data that jobs need",
  examples: [
    ["setup", "Show what is missing, and create it if you agree"],
  ],
  needs: ["azure"],
  args: jobNames("jobs in azureml.yml (default: all)"),
  options: {
    dryRun: flag("--dry-run", "show the plan, without creating anything"),
    yes: flag("-y, --yes", "create without asking"),
    ...inWorkspaceForAll,
    catalogOnly: flag("--catalog-only", "only rewrite catalog entries of local files; needs no Azure"),
    catalog: flag("--no-catalog", "leave the catalog as it is"),
    ...alike({
      vmSize: text("--vm-size <size>", `size of its machines (default: ${USUAL_CLUSTER.vmSize})`),
      maxNodes: value("--max-nodes <count>", `most machines (default: ${USUAL_CLUSTER.maxNodes})`, count),
      minNodes: value(
        "--min-nodes <count>",
        `machines that always run (default: ${USUAL_CLUSTER.minNodes})`,
        count,
      ),
      idleSeconds: value(
        "--idle-time <time>",
        `time until an idle machine is released (default: ${USUAL_CLUSTER.idleSeconds / 60}m)`,
        seconds,
      ),
      storageAccess: flag(
        "--storage-access",
        "give it an identity, and print what an owner must run so that clusters can use the storage account",
        { isRare: true },
      ),
    }, { heading: "New clusters:" }),
    ...alike(overriding, { isRare: true }),
    ...reading,
  },
  run: setUpWorkspace,
});

/** Creates what jobs need and do not have; the plan comes first. */
export async function* setUpWorkspace(ctx: CommandContext, options: SetupOptions): AsyncIterable<Output> {
  const { setUp } = await import("../../app/setup/setup.ts");
  for await (const result of setUp(ctx, options)) {
    if (result.type === "plan") yield renderPlan(result.plan, result.undo, options.dryRun);
    else {
      yield { data: { type: "created", ...dataOf(result.item) }, text: `✓ ${madeText(result.item)}\n` };
    }
  }
}

function renderPlan(
  { workspace, location, items, present, unmet }: SetupPlan,
  undo: string | undefined,
  isDryRun = false,
): Output {
  const head = workspace === undefined
    ? "The catalog (nothing is created in Azure)"
    : `Workspace ${workspace.config.name}${location === undefined ? "" : ` in ${location}`}`;
  const lines = [
    ...present.map((what) => `  = exists: ${what}`),
    ...items.flatMap((item) => itemLines(item, isDryRun)),
    ...runLines(items),
    ...(undo === undefined ? [] : [`  To undo the changes: ${undo}`]),
    // Of others, the error at the end says what to do.
    ...unmet.map(({ what, hint, isNote }) => `  ! ${what}${isNote ? `: ${hint}` : ""}`),
    ...(items.length === 0 && unmet.length === 0 ? ["  Nothing is missing."] : []),
    ...(isDryRun && items.length > 0 ? ["Nothing was created"] : []),
  ];
  return {
    data: {
      type: "plan",
      workspace: workspace && workspaceData(workspace.config),
      create: items.map(dataOf),
      present,
      missing: unmet.map(({ what, hint }) => ({ what, hint })),
    },
    text: `${head}\n${lines.join("\n")}\n`,
  };
}

const MOST_NAMES = 5;

/** What the changes mean for who runs the project without Azure ML. */
function runLines(items: readonly PlanItem[]): readonly string[] {
  const assets = items.flatMap((item) => item.kind === "catalog" ? item.assets : []);
  const kept = items.find((item) => item.kind === "local_catalog");
  if (assets.length === 0) return [];
  return [
    `  \`kedro run\` then reads ${namesText(assets, MOST_NAMES)} from Azure; ${
      kept === undefined
        ? "to run on this machine as before, keep the old entries in an environment of their own"
        : `\`kedro run --env ${kept.env}\` runs on this machine as before`
    }.`,
  ];
}

/** Lines of a diff that are shown before a question; the rest would push what it is about off the screen. */
const MOST_OF_DIFF = 24;

function itemLines(item: PlanItem, showsAll: boolean): string[] {
  if (item.kind === "catalog") {
    const changed = item.diff.split("\n").slice(4).filter((line) => line !== "").map((line) => `    ${line}`);
    const { assets, passedOn } = item;
    const what = [
      ...(assets.length > 0 ? [`${assets.join(", ")} read from data assets`] : []),
      ...(passedOn.length > 0 ? [`${passedOn.join(", ")} passed on and kept by Azure ML`] : []),
      ...(/^-\s*versioned:/m.test(item.diff)
        ? ["`versioned` dropped, because Azure ML keeps what each run writes"]
        : []),
    ];
    const rest = showsAll ? 0 : changed.length - MOST_OF_DIFF;
    const shown = rest > 0
      ? [
        ...changed.slice(0, MOST_OF_DIFF),
        `    … ${countText(rest, "more line")}: \`kedro-azureml setup --catalog-only --dry-run\` shows all`,
      ]
      : changed;
    return [`  ~ ${item.file}: ${what.join("; ")}`, ...shown];
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
    case "local_catalog":
      return `${item.file}: the old entries of ${
        item.datasets.join(", ")
      }, for \`kedro run --env ${item.env}\` on this machine`;
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
    case "local_catalog":
      return `Wrote ${item.file}: run \`kedro run --env ${item.env}\` to run on this machine${
        item.unread.length === 0
          ? " as before"
          : `; it reads ${dirname(item.file)} in place of ${item.unread.join(", ")}: copy what you need`
      }`;
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
    case "local_catalog":
      return { kind: item.kind, file: item.file, datasets: item.datasets };
    case "catalog":
      return {
        kind: item.kind,
        file: item.file,
        datasets: [...item.assets, ...item.passedOn],
        diff: item.diff,
      };
  }
}
