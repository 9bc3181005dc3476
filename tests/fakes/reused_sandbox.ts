import { end, image } from "../../src/kedro/sandbox/saved_deno.ts";
import {
  endingOf,
  handle,
  type Reader,
  receive,
  send,
  startReader,
} from "../../src/kedro/sandbox/conversation.ts";
import { removeGlobals } from "../../src/kedro/sandbox/remove_globals.ts";
import { restrictProcess } from "../../src/kedro/sandbox/restrict_process.ts";
import { resetUses } from "../../src/kedro/sandbox/uses.ts";

/** A node of Emscripten's file system in memory. */
interface Node {
  readonly name: string;
  /** The entries of a folder by name, or the bytes of a file. */
  readonly contents: Record<string, Node> | Uint8Array | null;
}

/** Members of the interpreter without declared types. */
interface Inside {
  readonly _module: { readonly HEAPU8: Uint8Array };
  readonly FS: {
    readonly root: Node;
    readonly streams: (object | null)[];
    cwd(): string;
    chdir(path: string): void;
    close(stream: object): void;
    destroyNode(node: Node): void;
  };
}

/** The kind of the message that resets the reader. */
const RESET = "reset";

try {
  const reader = await startReader(image);
  removeGlobals();
  restrictProcess();
  const reset = resetting(reader);
  send("started", "");
  resetUses();
  for (;;) {
    const message = receive();
    if ((message.header.kind as string) !== RESET) {
      handle(reader, message);
      continue;
    }
    reset();
    send("started", "");
    resetUses();
  }
} catch (thrown) {
  send("ended", endingOf(thrown));
  end();
}

/** Saves the interpreter's memory and files. @returns a function that restores them. */
function resetting({ python }: Reader): () => void {
  const { _module, FS } = python as unknown as Inside;
  const memory = _module.HEAPU8.slice();
  const folder = FS.cwd();
  const streams = [...FS.streams];
  const known = new Set(nodesBelow(FS.root));
  return () => {
    FS.streams.forEach((stream, at) => {
      if (stream !== null && stream !== streams[at]) FS.close(stream);
    });
    for (const node of [FS.root, ...known]) forgetNew(node);
    FS.chdir(folder);
    _module.HEAPU8.set(memory);
    _module.HEAPU8.fill(0, memory.length);
  };

  function forgetNew({ contents }: Node): void {
    if (!isFolder(contents)) return;
    for (const [name, node] of Object.entries(contents)) {
      if (known.has(node)) continue;
      for (const each of nodesBelow(node)) FS.destroyNode(each);
      FS.destroyNode(node);
      delete contents[name];
    }
  }
}

function nodesBelow({ contents }: Node): Node[] {
  return isFolder(contents) ? Object.values(contents).flatMap((node) => [node, ...nodesBelow(node)]) : [];
}

function isFolder(contents: Node["contents"]): contents is Record<string, Node> {
  return contents !== null && typeof contents === "object" && !ArrayBuffer.isView(contents);
}
