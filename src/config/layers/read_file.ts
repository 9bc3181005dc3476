import type { Context } from "../../core/context.ts";
import { type Place, UserError } from "../../core/errors.ts";
import { requireSmall } from "../../core/size_limit.ts";
import type { Folder } from "./find_files.ts";
import { emptyLayer } from "../omegaconf/merge.ts";
import { type MapNode, mapNode } from "../omegaconf/node.ts";
import { parseYaml } from "../omegaconf/yaml.ts";

/**
 * Reads one configuration file, which must contain a mapping or nothing.
 *
 * @throws {UserError} `config.yaml`, `config.not_a_mapping`, `config.unreadable`, `config.not_utf8` or
 *   `file.too_large`.
 */
export async function readFile(ctx: Pick<Context, "fs">, file: Folder): Promise<MapNode> {
  await requireSmall(ctx, file.path, file.name);
  const node = parseYaml(decode(await readBytes(ctx, file), file), file.name);
  if (node === undefined || (node.kind === "scalar" && node.value === null)) return emptyLayer(file.name);
  if (node.kind === "scalar" && typeof node.value === "string") {
    return mapNode(node.place, [[node.value, { kind: "scalar", value: null, place: node.place }]]);
  }
  if (node.kind === "map") return node;
  const what = node.kind === "list" ? "a list" : "a single value";
  throw new UserError(`Cannot read "${file.name}": it holds ${what} where keys are expected`, {
    code: "config.not_a_mapping",
    hint: "Write `key: value` lines at the top of the file",
    place: node.place,
  });
}

async function readBytes(ctx: Pick<Context, "fs">, file: Folder): Promise<Uint8Array> {
  try {
    return await ctx.fs.readBytes(file.path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
    throw new UserError(`Cannot read "${file.name}": permission denied`, {
      code: "config.unreadable",
      hint: `Run \`chmod u+r ${file.name}\``,
      place: { file: file.name },
      cause,
    });
  }
}

function decode(bytes: Uint8Array, file: Folder): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError(`Cannot read "${file.name}": it is not UTF-8`, {
      code: "config.not_utf8",
      hint: "Save the file as UTF-8",
      place: placeOfBadByte(bytes, file.name),
      cause,
    });
  }
}

function placeOfBadByte(bytes: Uint8Array, file: string): Place {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const before = text.slice(0, Math.max(0, text.indexOf("\ufffd"))).split("\n");
  return { file, line: before.length, column: before.at(-1)!.length + 1 };
}
