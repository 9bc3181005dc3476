import { ownValue } from "../../core/json.ts";
import { type Ask, type LaterEntries, MOST_ANSWER_BYTES } from "./protocol.ts";

/** WASI error numbers. */
const REFUSED = 2;
const TOO_LARGE = 22;
const NOT_FOUND = 44;

/** A file or folder in Emscripten's in-memory file system. */
interface Node {
  contents: unknown;
  usedBytes: number;
  node_ops: object;
  stream_ops: object;
}

interface FileSystem {
  readonly ErrnoError: new (errno: number) => Error;
  mkdirTree(path: string): void;
  writeFile(path: string, bytes: Uint8Array): void;
  lookupPath(path: string): { readonly node: Node };
  readonly filesystems: {
    readonly MEMFS: { readonly node_ops: { readdir(node: Node): string[] } };
  };
}

/** Sends the program a request and waits for its answer; `undefined` if it is refused. */
type AskProgram = (ask: Ask) => Uint8Array | undefined;

/**
 * Places files and folders whose content is fetched only when the project's code accesses them.
 *
 * A file has its real size from the start; a folder is listed when something in it is looked up.
 */
export function placeLater(fs: FileSystem, { files, folders }: LaterEntries, ask: AskProgram): void {
  for (const { path, sizeBytes } of files) placeFile(fs, path, sizeBytes, ask);
  for (const path of folders) placeFolder(fs, path, ask);
}

function placeFile(fs: FileSystem, path: string, sizeBytes: number, ask: AskProgram): void {
  fs.writeFile(path, new Uint8Array());
  const { node } = fs.lookupPath(path);
  node.usedBytes = sizeBytes;
  let fetched = false;
  node.stream_ops = {
    ...node.stream_ops,
    open() {
      if (fetched) return;
      const bytes = ask({ what: "read", path });
      if (bytes === undefined) throw new fs.ErrnoError(sizeBytes > MOST_ANSWER_BYTES ? TOO_LARGE : REFUSED);
      fetched = true;
      Object.assign(node, { contents: bytes, usedBytes: bytes.length });
    },
  };
}

function placeFolder(fs: FileSystem, path: string, ask: AskProgram): void {
  fs.mkdirTree(path);
  const { node } = fs.lookupPath(path);
  let listed = false;
  const list = () => {
    if (listed) return;
    const bytes = ask({ what: "list", path });
    if (bytes === undefined) throw new fs.ErrnoError(REFUSED);
    listed = true;
    placeLater(fs, JSON.parse(new TextDecoder().decode(bytes)) as LaterEntries, ask);
  };
  node.node_ops = {
    ...node.node_ops,
    lookup(parent: Node, name: string) {
      list();
      const found = ownValue(parent.contents as Record<string, Node>, name);
      if (found === undefined) throw new fs.ErrnoError(NOT_FOUND);
      return found;
    },
    readdir(each: Node) {
      list();
      return fs.filesystems.MEMFS.node_ops.readdir(each);
    },
  };
}
