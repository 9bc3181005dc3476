/**
 * The program, which also writes what Azure ML answers to the file that LIVE_RECORDING names: one exchange a line, in the
 * form of tests/recorded, without names, texts, ids and secrets.
 */

import { run } from "../../src/cli/command_line.ts";
import { systemContext } from "../../src/system/context.ts";
import { becomeReader, isReader } from "../../src/system/reader_process.ts";
import { recording } from "./record.ts";

if (isReader()) await becomeReader();
const context = systemContext();
const file = context.env.LIVE_RECORDING!;
const say = (line: string) => Deno.writeTextFileSync(file, `${line}\n`, { append: true });
const record = (fetch: typeof context.fetch) => recording(fetch, context.env.LIVE_PREFIX!, say);
Deno.exit(
  await run(Deno.args, {
    ...context,
    fetch: record(context.fetch),
    openNetwork(...how) {
      const network = context.openNetwork(...how);
      return { ...network, fetch: record(network.fetch) };
    },
  }),
);
