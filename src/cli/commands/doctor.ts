import { listEndpoints } from "../../azureml/endpoints.ts";
import { loadCloud } from "../../clouds.ts";
import type { Context } from "../../context.ts";
import { type DoctorOptions, findings } from "../doctor.ts";
import type { Output } from "../output.ts";
import { renderEndpoints, renderFinding } from "../render/doctor.ts";

/** Looks at everything between this machine and the workspace, and names the first thing that is wrong. */
export async function* doctor(ctx: Context, options: DoctorOptions): AsyncIterable<Output> {
  for await (const finding of findings(ctx, options)) yield renderFinding(finding);
}

/** Lists the hosts and ports that this program needs, without asking any of them. */
export async function endpoints(ctx: Context): Promise<Output> {
  const cloud = await loadCloud(ctx);
  return renderEndpoints(cloud, listEndpoints({ cloud, env: ctx.env }));
}
