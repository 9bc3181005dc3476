import type { ReaderProcess, Resources } from "../core/context.ts";
import { ExitCode, UserError } from "../core/errors.ts";
import { startReaderProcess } from "./reader_process.ts";

/**
 * Opens the built-in resources: in an executable, the image that `scripts/build/main.ts` embedded; in a checkout, the one
 * that `scripts/build/kedro_image.ts` built below `.cache/`.
 */
export function createResources(checkout: URL = CHECKOUT): Resources {
  let prepared: Promise<ReaderProcess> | undefined;
  return {
    async imageId() {
      const index = await Deno.readTextFile(beside("image.json")).catch(() => undefined);
      if (index !== undefined) return (JSON.parse(index) as { readonly id: string }).id;
      return await Deno.readTextFile(new URL("stamp", checkout)).catch((thrown) => {
        throw missing("stamp", thrown);
      });
    },
    prepareReader() {
      prepared ??= start(checkout);
      prepared.catch(() => {});
    },
    async startReader() {
      const reader = prepared ?? start(checkout);
      prepared = undefined;
      return await reader;
    },
  };
}

const CHECKOUT = new URL("../../.cache/kedro/", import.meta.url);

/** File name of the reader process's code inside the executable. */
const BUILT_IN_READER = "sandbox.js";

async function start(checkout: URL): Promise<ReaderProcess> {
  if (await isThere(beside("image.json"))) {
    return startReaderProcess(beside(BUILT_IN_READER), beside("image.json"));
  }
  const code = new URL(BUILT_IN_READER, checkout);
  if (await isThere(code)) return startReaderProcess(code, checkout);
  throw missing(BUILT_IN_READER);
}

function missing(name: string, cause?: unknown): UserError {
  return new UserError(`Cannot read the embedded Kedro: "${name}" not found`, {
    // resource.missing: The embedded Kedro is missing. Run `deno task setup` in the checkout, or install
    //   again.
    code: "resource.missing",
    exit: ExitCode.Bug,
    hint: "Run `deno task setup` in the checkout",
    cause,
  });
}

function beside(name: string): URL {
  return new URL(name, import.meta.url);
}

async function isThere(file: URL): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}
