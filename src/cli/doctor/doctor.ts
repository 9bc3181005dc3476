import type { AppContext } from "../../app/context.ts";
import { listEndpoints } from "../../azureml/access/endpoints.ts";
import { loadCloud } from "../../core/clouds/load.ts";
import { type DoctorOptions, findings } from "../../app/doctor/examine.ts";
import type { Output } from "../command/output.ts";
import { renderEndpoints, renderFinding } from "./doctor_text.ts";

/** Looks at everything between this machine and the workspace, and names the first thing that is wrong. */
export async function* doctor(ctx: AppContext, options: DoctorOptions): AsyncIterable<Output> {
  for await (const finding of findings(ctx, options)) yield renderFinding(finding);
}

/** Lists the hosts and ports that this program needs, without asking any of them. */
export async function endpoints(ctx: AppContext): Promise<Output> {
  const cloud = await loadCloud(ctx);
  return renderEndpoints(cloud, listEndpoints({ cloud, env: ctx.env }));
}
