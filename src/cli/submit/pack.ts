import type { AppContext } from "../../app/context.ts";
import { schedulesOf } from "../../azureml/schedules/from_config.ts";
import { openPackage } from "../../azureml/packages/read.ts";
import { type PackageInput, writePackage } from "../../azureml/packages/write.ts";
import { VERSION } from "../../core/version.ts";
import { outputPath, shownPath, writing } from "../../app/project/output_files.ts";
import { type Checked, type CheckingOptions, requireSound } from "../../app/check/check.ts";
import { checkDisplayNames, type Selected, selectJobs } from "../../app/project/select_jobs.ts";
import type { Output } from "../command/output.ts";
import { withParamsFile } from "../../app/project/params_file.ts";
import { renderPacked } from "./pack_text.ts";

/** Options of `pack`. */
export interface PackOptions extends CheckingOptions {
  readonly all?: boolean;
  /** The file to write, as typed. */
  readonly output: string;
}

/** Compiles and checks jobs, and writes them with their code into one file; nothing is asked of Azure. */
export async function* pack(ctx: AppContext, given: PackOptions): AsyncIterable<Output> {
  const options = await withParamsFile(ctx, given);
  const selected = await selectJobs(ctx, options);
  checkDisplayNames(options.displayName ?? {}, selected.jobs);
  const checking = { ...options, action: "pack", forbid: ["code.secret"] };
  const { specs, baggage, warnings } = await requireSound(ctx, selected, checking);
  yield { data: undefined, text: "", warnings };
  const input = await packageInput(selected, { specs, baggage, workspace: options.workspace });
  const path = outputPath(ctx, options.output);
  const written = await writing(ctx, path, () => writePackage(ctx.fs, path, input));
  await openPackage(ctx.fs, path);
  yield renderPacked(shownPath(ctx, path), written);
}

async function packageInput(
  { session, jobs }: Selected,
  { specs, baggage, workspace }: Pick<Checked, "specs" | "baggage"> & {
    readonly workspace: string | undefined;
  },
): Promise<PackageInput> {
  const { azureml, place } = session.config;
  const scheduled = new Map([...jobs].filter(([, { schedule }]) => schedule !== null));
  const schedules = schedulesOf({ config: azureml, jobs: scheduled, place });
  const directories = new Set([...specs.values()].flatMap(({ codeDirectory }) => codeDirectory ?? []));
  specs.forEach(baggage.workspaceOf);
  return {
    madeBy: `kedro-azureml ${VERSION}`,
    project: session.project.name,
    env: session.env,
    experiment: baggage.experiment,
    properties: baggage.properties,
    workspaces: azureml.workspace,
    jobs: [...specs].map(([job, spec]) => ({
      spec,
      schedules: schedules.filter((one) => one.job === job),
      workspace: (workspace ?? jobs.get(job)!.workspace) || "__default__",
    })),
    code: new Map(
      await Promise.all([...directories].map(async (one) => [one, await baggage.code(one)] as const)),
    ),
  };
}
