import { type Endpoint, listEndpoints } from "../../azureml/service/access/endpoints.ts";
import { type Cloud, loadCloud } from "../../core/clouds/load.ts";
import type { AppContext } from "../context.ts";

/** The hosts and ports that this program needs in a cloud. */
export interface RequiredEndpoints {
  readonly cloud: Cloud;
  readonly endpoints: readonly Endpoint[];
}

/** Lists the hosts and ports that this program needs, without connecting to them. */
export async function requiredEndpoints(ctx: AppContext): Promise<RequiredEndpoints> {
  const cloud = await loadCloud(ctx);
  return { cloud, endpoints: listEndpoints({ cloud, env: ctx.env }) };
}
