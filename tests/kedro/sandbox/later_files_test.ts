import { deepEqual, throws } from "node:assert/strict";
import { placeLater } from "../../../src/kedro/sandbox/later_files.ts";
import type { Ask, LaterEntries } from "../../../src/kedro/sandbox/protocol.ts";

interface Node {
  contents: unknown;
  usedBytes: number;
  node_ops: { lookup?(parent: Node, name: string): Node; readdir?(node: Node): string[]; kept?: string };
  stream_ops: { open?(): void; kept?: string };
}

class ErrnoError extends Error {
  constructor(readonly errno: number) {
    super(`errno ${errno}`);
  }
}

/** A file system in memory with files and folders placed in it, and what its program answers to requests. */
function placed(entries: LaterEntries, answers: Readonly<Record<string, Uint8Array | undefined>>) {
  const nodes = new Map<string, Node>();
  const add = (path: string, contents: unknown) => {
    const node = { contents, usedBytes: 0, node_ops: { kept: "yes" }, stream_ops: { kept: "yes" } };
    nodes.set(path, node);
    const above = nodes.get(path.slice(0, path.lastIndexOf("/")));
    if (above) (above.contents as Record<string, Node>)[path.slice(path.lastIndexOf("/") + 1)] = node;
  };
  const asked: Ask[] = [];
  const fs = {
    ErrnoError,
    mkdirTree: (path: string) => add(path, {}),
    writeFile: (path: string, bytes: Uint8Array) => add(path, bytes),
    lookupPath: (path: string) => ({ node: nodes.get(path)! }),
    filesystems: { MEMFS: { node_ops: { readdir: (node: Node) => Object.keys(node.contents as object) } } },
  };
  placeLater(fs as unknown as Parameters<typeof placeLater>[0], entries, (ask) => {
    asked.push(ask);
    return answers[`${ask.what} ${ask.path}`];
  });
  return { node: (path: string) => nodes.get(path)!, asked };
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const file = (path: string, sizeBytes: number) => ({ path, sizeBytes });

Deno.test("placeLater() says that a file is too large", () => {
  const { node } = placed({ files: [file("/p/huge", 20_000_000)], folders: [] }, {});
  throws(() => node("/p/huge").stream_ops.open!(), { errno: 22 });
});

Deno.test("placeLater() fetches a file when it is opened", () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const { node, asked } = placed({ files: [file("/p/a", 3), file("/p/b", 5)], folders: [] }, {
    "read /p/a": bytes,
  });
  const a = node("/p/a");
  deepEqual([a.contents, a.usedBytes, node("/p/b").usedBytes, asked], [new Uint8Array(), 3, 5, []]);
  for (let count = 0; count < 2; count++) a.stream_ops.open!();
  deepEqual([a.contents, a.usedBytes, a.stream_ops.kept], [bytes, 4, "yes"]);
  deepEqual(asked, [{ what: "read", path: "/p/a" }]);
  for (let count = 0; count < 2; count++) throws(() => node("/p/b").stream_ops.open!(), { errno: 2 });
  deepEqual(asked.slice(1), [{ what: "read", path: "/p/b" }, { what: "read", path: "/p/b" }]);
});

for (const by of ["lookup", "readdir"] as const) {
  Deno.test(`placeLater() lists a folder at the first ${by}`, () => {
    const { node, asked } = placed({ files: [], folders: ["/p/data", "/p/closed"] }, {
      "list /p/data": json({ files: [file("/p/data/a", 3)], folders: ["/p/data/more"] }),
      "list /p/data/more": json({ files: [], folders: [] }),
    });
    const data = node("/p/data");
    deepEqual([asked, data.contents, data.node_ops.kept], [[], {}, "yes"]);
    const use = (path: string, name = "a") =>
      by === "lookup"
        ? node(path).node_ops.lookup!(node(path), name)
        : node(path).node_ops.readdir!(node(path));
    deepEqual(use("/p/data"), by === "lookup" ? node("/p/data/a") : ["a", "more"]);
    deepEqual(node("/p/data/a").usedBytes, 3);
    throws(() => data.node_ops.lookup!(data, "none"), { errno: 44 });
    deepEqual(data.node_ops.readdir!(data), ["a", "more"]);
    deepEqual(node("/p/data/more").node_ops.readdir!(node("/p/data/more")), []);
    for (let count = 0; count < 2; count++) throws(() => use("/p/closed"), { errno: 2 });
    deepEqual(asked.map(({ what, path }) => `${what} ${path}`), [
      "list /p/data",
      "list /p/data/more",
      "list /p/closed",
      "list /p/closed",
    ]);
  });
}
