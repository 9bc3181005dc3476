import { openPackage } from "../../azureml/features/packages/read.ts";
import {
  type PackageInput,
  writePackage,
  type WrittenPackage,
} from "../../azureml/features/packages/write.ts";
import { schedulesOf } from "../../azureml/service/schedules/from_config.ts";
import type { Warning } from "../../core/errors.ts";
import { VERSION } from "../../core/version.ts";
import { type CheckedJobs, type CheckRequest, requireSubmittable } from "../check/check.ts";
import type { AppContext } from "../context.ts";
import {
  type OutputFile,
  outputPath,
  refuseOverwrite,
  shownPath,
  withWriteErrors,
} from "../project/output_files.ts";
import { checkDisplayNames, type SelectedJobs, selectJobs } from "../project/select_jobs.ts";

/** Which jobs to pack, and where to. */
export interface PackRequest extends CheckRequest {
  readonly output: OutputFile;
}

/** What `pack` yields: the warnings of the checks, then the package. */
export type PackResult =
  | { readonly type: "checked"; readonly warnings: readonly Warning[] }
  | { readonly type: "packed"; readonly file: string; readonly written: WrittenPackage };

/** Compiles and checks jobs, and writes them with their code to one file, without requests to Azure. */
export async function* packJobs(ctx: AppContext, request: PackRequest): AsyncIterable<PackResult> {
  const { output: { file, force }, workspace } = request;
  const path = outputPath(ctx, file);
  await refuseOverwrite(ctx, path, force);
  const selected = await selectJobs(ctx, request);
  checkDisplayNames(request.overrides, selected.jobs);
  const checking = { ...request, action: "pack" };
  const { specs, inputs, warnings } = await requireSubmittable(ctx, selected, checking);
  yield { type: "checked", warnings };
  const content = await packageInput(selected, { specs, inputs, workspace });
  const written = await withWriteErrors(ctx, path, () => writePackage(ctx.fs, path, content));
  await openPackage(ctx.fs, path);
  yield { type: "packed", file: shownPath(ctx, path), written };
}

async function packageInput(
  { session, jobs }: SelectedJobs,
  { specs, inputs, workspace }: Pick<CheckedJobs, "specs" | "inputs"> & {
    readonly workspace: string | undefined;
  },
): Promise<PackageInput> {
  const { azureml, place } = session.config;
  const scheduled = new Map([...jobs].filter(([, { schedule }]) => schedule !== null));
  const schedules = schedulesOf({ config: azureml, jobs: scheduled, place });
  const directories = new Set([...specs.values()].flatMap(({ codeDirectory }) => codeDirectory ?? []));
  specs.forEach(inputs.workspaceOf);
  return {
    madeBy: `kedro-azureml ${VERSION}`,
    project: session.project.name,
    env: session.env,
    experiment: inputs.experiment,
    properties: inputs.properties,
    workspaces: azureml.workspace,
    jobs: [...specs].map(([job, spec]) => ({
      spec,
      schedules: schedules.filter((schedule) => schedule.job === job),
      workspace: (workspace ?? jobs.get(job)!.workspace) || "__default__",
    })),
    code: new Map(
      await Promise.all(
        [...directories].map(async (directory) => [directory, await inputs.code(directory)] as const),
      ),
    ),
  };
}
