import type { AppContext } from "../../app/context.ts";
import { listEndpoints } from "../../azureml/service/access/endpoints.ts";
import { loadCloud } from "../../core/clouds/load.ts";
import { type DoctorOptions, runDoctor } from "../../app/doctor/doctor.ts";
import type { Output } from "../command/output.ts";
import { renderEndpoints, renderFinding } from "./doctor_text.ts";

/** What is typed for `doctor`. */
interface DoctorTyped extends DoctorOptions {
  /** Whether to list hosts and ports only. */
  readonly endpoints?: boolean;
}

/** Checks every part of the connection from this machine to the workspace, and names the first failure. */
export async function* doctor(ctx: AppContext, typed: DoctorTyped): AsyncIterable<Output> {
  const { endpoints, ...options } = typed;
  if (endpoints) return yield await listAll(ctx);
  for await (const finding of runDoctor(ctx, options)) yield renderFinding(finding);
}

/** Lists the hosts and ports that this program needs, without connecting to them. */
async function listAll(ctx: AppContext): Promise<Output> {
  const cloud = await loadCloud(ctx);
  return renderEndpoints(cloud, listEndpoints({ cloud, env: ctx.env }));
}
