import { deepEqual } from "node:assert/strict";
import { markShown } from "../../../src/app/runs/shown_warnings.ts";
import type { Warning } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

const warning = (message: string, more: Partial<Warning> = {}): Warning => ({
  code: "a.b",
  message,
  ...more,
});

/** The messages of warnings that are marked as shown before. */
const marked = (warnings: readonly Warning[]) =>
  warnings.filter(({ wasShown }) => wasShown).map(({ message }) => message);

Deno.test("markShown() marks warnings that an earlier command showed for the same project", async () => {
  const ctx = fakeContext();
  deepEqual(marked(await markShown(ctx, "/p", [warning("a"), warning("b")])), []);
  deepEqual(marked(await markShown(ctx, "/p", [warning("b"), warning("c")])), ["b"]);
  deepEqual(marked(await markShown(ctx, "/p", [warning("a"), warning("b"), warning("c")])), ["a", "b", "c"]);
  deepEqual(marked(await markShown(ctx, "/other", [warning("a")])), []);
});

Deno.test("markShown() distinguishes warnings by code, message and place, not by hint", async () => {
  const ctx = fakeContext();
  const place = { file: "a.yml", line: 1 };
  await markShown(ctx, "/p", [warning("a", { place, hint: "x" })]);
  const others = [warning("a"), warning("b", { place }), warning("a", { place: { ...place, line: 2 } })];
  deepEqual(marked(await markShown(ctx, "/p", [...others, warning("a", { code: "c.d", place })])), []);
  deepEqual(marked(await markShown(ctx, "/p", [warning("a", { place, hint: "y" })])), ["a"]);
});

Deno.test("markShown() never marks a warning about the command line, which `validate` does not show", async () => {
  const ctx = fakeContext();
  const all = ["usage.x", "params.unknown", "params.unknown_not", "a.usage.x"].map((code) =>
    warning(code, { code })
  );
  await markShown(ctx, "/p", all);
  deepEqual(marked(await markShown(ctx, "/p", all)), ["params.unknown_not", "a.usage.x"]);
});

Deno.test("markShown() remembers the newest 500 warnings and writes its file only for new ones", async () => {
  const ctx = fakeContext();
  const many = Array.from({ length: 499 }, (_, at) => warning(`old ${at}`));
  await markShown(ctx, "/p", many);
  await markShown(ctx, "/p", [warning("new"), warning("newer")]);
  const all = [warning("new"), warning("newer"), ...many];
  deepEqual(
    marked(await markShown({ ...ctx, fs: { ...ctx.fs, writeText: () => Promise.reject() } }, "/p", all)),
    all.slice(0, 500).map(({ message }) => message),
  );
  const isWritten = async (...warnings: readonly Warning[]) => {
    let count = 0;
    await markShown({ ...ctx, fs: { ...ctx.fs, writeText: async () => void count++ } }, "/p", warnings);
    return count === 1;
  };
  deepEqual([await isWritten(warning("new")), await isWritten(warning("newest"))], [false, true]);
});

for (const [what, text] of [["damaged JSON", "{"], ["an object", '{"a":1}'], ["a list of numbers", "[1]"]]) {
  Deno.test(`markShown() discards its file if it contains ${what}`, async () => {
    const ctx = fakeContext();
    await markShown(ctx, "/p", [warning("a")]);
    const [path] = [...ctx.files.keys()];
    await ctx.fs.writeText(path!, text!);
    deepEqual(marked(await markShown(ctx, "/p", [warning("a")])), []);
    deepEqual(marked(await markShown(ctx, "/p", [warning("a")])), ["a"]);
  });
}

Deno.test("markShown() marks nothing without a home folder", async () => {
  const ctx = { ...fakeContext(), home: undefined, env: {} };
  await markShown(ctx, "/p", [warning("a")]);
  deepEqual(marked(await markShown(ctx, "/p", [warning("a")])), []);
});

Deno.test("markShown() marks no warning in CI, where each log shows all of them", async () => {
  const ctx = fakeContext({ env: { CI: "true" } });
  await markShown(ctx, "/p", [warning("a")]);
  deepEqual(marked(await markShown(ctx, "/p", [warning("a")])), []);
});
