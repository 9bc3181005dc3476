import { refuseCodeOfText } from "./isolate.ts";
import type { PyodideAPI } from "pyodide";
import { startInterpreter } from "./interpreter.ts";
import { askThrough, placeLater } from "./later_files.ts";
import type { FromReader, ToReader } from "./protocol.ts";
import { scope } from "./scope.ts";

// Taken now: what the project's code may put in its place later is not called.
const send = scope.postMessage.bind(scope);
const post = (message: FromReader) => send(message);
let python: Promise<PyodideAPI> | undefined;

/** Messages are answered one after the other, in the order in which they came. */
let last: Promise<void> = Promise.resolve();
scope.onmessage = (event: MessageEvent<ToReader>) => {
  last = last.then(() => answer(event.data)).catch((thrown) => {
    post({ kind: "ended", reason: String(thrown instanceof Error ? thrown.message : thrown) });
  });
};
post({ kind: "loaded" });

async function answer(message: ToReader): Promise<void> {
  if (message.kind === "start") {
    python = startInterpreter(message.image, (text) => post({ kind: "print", text }));
    // Python's way to this side of the interpreter: no project needs it.
    (await python).runPython('import sys\nfor name in ("pyodide_js", "js"): sys.modules.pop(name, None)');
    for (const name of ["pyodide_js", "js"]) (await python).unregisterJsModule(name);
    refuseCodeOfText();
    post({ kind: "started" });
    return;
  }
  const interpreter = await python!;
  if (message.kind === "files") {
    for (const folder of message.folders) interpreter.FS.mkdirTree(folder);
    for (const { path, bytes } of message.files) interpreter.FS.writeFile(path, bytes, { canOwn: true });
    const ask = askThrough(message.answers, (ask) => post({ kind: "ask", ask }));
    placeLater(interpreter.FS as unknown as Parameters<typeof placeLater>[0], message.later, ask);
    return;
  }
  const reader = interpreter.pyimport("kedro_azureml_reader.reader");
  post({ kind: "answer", id: message.id, answer: String(reader.call(message.request)) });
}
