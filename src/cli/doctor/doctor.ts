import type { AppContext } from "../../app/context.ts";
import { type DoctorOptions, requiredEndpoints, runDoctor } from "../../app/doctor/doctor.ts";
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
  if (endpoints) {
    const required = await requiredEndpoints(ctx);
    return yield renderEndpoints(required.cloud, required.endpoints);
  }
  for await (const finding of runDoctor(ctx, options)) yield renderFinding(finding);
}
