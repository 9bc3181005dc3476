import { ExitCode, UserError } from "../core/errors.ts";
import type { Resources } from "../core/context.ts";
import { type ImageIndex, readPart, unpackPart } from "./image.ts";

/**
 * What is built in: of an executable, the image that `scripts/build.ts` put into it; of a checkout, the one that
 * `scripts/kedro_image.ts` built below `.cache/`.
 */
export function createResources(): Resources {
  let index: Promise<ImageIndex | undefined> | undefined;
  let prepared: Promise<Worker> | undefined;
  const built = () => index ??= builtIn();
  async function start(): Promise<Worker> {
    const url = await built() === undefined ? new URL("worker.js", CHECKOUT) : beside("worker.js");
    const worker = new Worker(url, { type: "module", deno: { permissions: "none" } });
    // Until somebody listens: a Worker that cannot start is told where its image is read.
    worker.onerror = (event) => event.preventDefault();
    return worker;
  }
  return {
    async read(name) {
      try {
        const image = await built();
        if (image === undefined) return await Deno.readFile(new URL(name, CHECKOUT));
        const part = image.parts[name]!;
        const bytes = readPart(image.file === undefined ? Deno.execPath() : beside(image.file), part);
        return await unpackPart(bytes, part);
      } catch (thrown) {
        throw missing(name, await built(), thrown);
      }
    },
    async imageId() {
      try {
        return (await built())?.id ?? await Deno.readTextFile(new URL("stamp", CHECKOUT));
      } catch (thrown) {
        throw missing("stamp", undefined, thrown);
      }
    },
    prepareReader() {
      prepared ??= start();
      prepared.catch(() => {});
    },
    async startReader() {
      const worker = prepared ?? start();
      prepared = undefined;
      return await worker;
    },
  };
}

const CHECKOUT = new URL("../../.cache/kedro/", import.meta.url);

function beside(name: string): URL {
  return new URL(name, import.meta.url);
}

/** The index that the build puts beside the bundled program; a checkout has none. */
async function builtIn(): Promise<ImageIndex | undefined> {
  const text = await Deno.readTextFile(beside("image.json")).catch((thrown) => {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

function missing(name: string, image: ImageIndex | undefined, cause: unknown): UserError {
  return new UserError(`Cannot read the embedded Kedro: "${name}" is not there`, {
    code: "resource.missing",
    exit: ExitCode.Bug,
    hint: image === undefined
      ? "Run `deno task setup` in the checkout"
      : "Download the executable again, and compare its checksum",
    cause,
  });
}
