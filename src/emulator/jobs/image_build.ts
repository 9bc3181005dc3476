import { textContent } from "../storage/store.ts";
import { jsonAnswer, notFound } from "../world/refusal.ts";
import { type EmulatedWorkspace, findResource, type World } from "../world/world.ts";
import { keepFile } from "./logs.ts";

const [QUEUED_MS, BUILD_MS] = [5000, 15_000];

/**
 * Answers requests to build the image of an environment: `POST …/image` starts a build, whose address tells when, and
 * `GET` of that address returns its state and log. Nothing is built.
 *
 * @param parts Path below the workspace.
 * @throws {Refusal} 404.
 */
export function imageBuild(
  world: World,
  workspace: EmulatedWorkspace,
  request: Request,
  parts: readonly string[],
): Response {
  const [kind, name, , version, image, started] = parts;
  const environment = findResource(world, `${workspace.id}/environments/${name}/versions/${version}`);
  if (kind !== "environments" || image !== "image" || environment === undefined) {
    throw notFound(`Environment ${name}:${version}`);
  }
  const now = world.clock.now().getTime();
  if (request.method === "POST") return jsonAnswer({ location: `${request.url}/${now}` }, 202);
  const passedMs = now - Number(started);
  const status = passedMs < QUEUED_MS ? "Queued" : passedMs < BUILD_MS ? "Running" : "Succeeded";
  if (status === "Queued") return jsonAnswer({ status });
  const log = [
    `Step 1/2 : FROM ${environment.properties.image}\n`,
    ...(status === "Succeeded" ? ["Step 2/2 : RUN conda env create\nSuccessfully built (simulated)\n"] : []),
  ];
  const path = `environments/${name}/${version}/image_build_log.txt`;
  return jsonAnswer({ status, logUrl: keepFile(world, workspace, path, textContent(log.join(""))) });
}
