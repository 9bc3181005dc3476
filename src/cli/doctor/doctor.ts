import type { AppContext } from "../../app/context.ts";
import { listEndpoints } from "../../azureml/service/access/endpoints.ts";
import { loadCloud } from "../../core/clouds/load.ts";
import { type DoctorOptions, runDoctor } from "../../app/doctor/doctor.ts";
import type { Output } from "../command/output.ts";
import { renderEndpoints, renderFinding } from "./doctor_text.ts";

/** Checks every part of the connection from this machine to the workspace, and names the first failure. */
export async function* doctor(ctx: AppContext, options: DoctorOptions): AsyncIterable<Output> {
  for await (const finding of runDoctor(ctx, options)) yield renderFinding(finding);
}

/** Lists the hosts and ports that this program needs, without connecting to them. */
export async function endpoints(ctx: AppContext): Promise<Output> {
  const cloud = await loadCloud(ctx);
  return renderEndpoints(cloud, listEndpoints({ cloud, env: ctx.env }));
}
