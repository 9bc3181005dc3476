import { ExitCode, UserError } from "../errors.ts";
import type { Resources } from "../context.ts";

/** Resources of a checkout: the image that `scripts/kedro_image.ts` built below `.cache/`. */
export function createResources(): Resources {
  const folder = new URL("../../.cache/kedro/", import.meta.url);
  return {
    async read(name) {
      try {
        return await Deno.readFile(new URL(name, folder));
      } catch (thrown) {
        throw new UserError(`Cannot read the embedded Kedro: "${name}" is not there`, {
          code: "resource.missing",
          exit: ExitCode.Bug,
          hint: "Run `deno task setup` in the checkout",
          cause: thrown,
        });
      }
    },
    async startReader() {
      return new Worker(new URL("worker.js", folder), { type: "module", deno: { permissions: "none" } });
    },
  };
}
