/**
 * JavaScript that a road which runs any would run: each step by itself, so that one that works is seen. It keeps a Worker
 * alive for seconds: without the answer that it breaks, the program waits.
 */
const SCRIPT = String.raw`
(async () => {
  let said = "";
  const post = globalThis.postMessage;
  const tell = (text) => {
    said += text;
    globalThis.SAID = said;
    try { post({ kind: "print", text: text + "\n" }); } catch {}
  };
  globalThis.tell = tell;
  try {
    globalThis.String = () => () => {};
    globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
    globalThis.setTimeout(() => post({ kind: "ended", reason: "done" }), 4000);
  } catch {}
  const urls = ["canary.json", "canary", "canary.txt", ".env", "canary.js"].map((name) => "file://OUTSIDE/" + name);
  urls.push("file:///proc/self/cwd/link.json", "file:///proc/self/environ", "data:text/javascript,globalThis.tell('CANARY-DATA')");
  Object.defineProperty(globalThis, "SECRET", { set: (value) => tell("" + value) });
  for (const url of urls) {
    for (const how of [undefined, { with: { type: "json" } }, { with: { type: "text" } }, { with: { type: "bytes" } }]) {
      try { const found = await import(url, how); tell(JSON.stringify(found)); } catch {}
    }
  }
  try {
    const { default: process } = await import("node:process");
    process.stdout.write("\n::warning::raw\n\x1b[31m##vso[task.complete]\n");
    tell(JSON.stringify([process.argv, process.env]));
  } catch {}
  try {
    const { Worker } = await import("node:worker_threads");
    new Worker("process.stdout.write('\\n::warning::' + JSON.stringify([Deno.args, Deno.env.toObject()]) + '\\n')", { eval: true });
  } catch {}
  for (const name of ["node:fs", "node:module", "node:child_process", "node:vm", "npm:left-pad", "node:sqlite"]) {
    try { const found = await import(name); tell(found.readFileSync("OUTSIDE/canary.txt", "utf8")); } catch {}
  }
  try { tell(Deno.readTextFileSync("OUTSIDE/canary.txt")); } catch {}
  try { tell(JSON.stringify(Deno.args)); } catch {}
  try { const { default: process } = await import("node:process"); if (globalThis.ABORT) process.abort(); } catch {}
})()`;

/** What stands before each road: the script as bytes and as text, and a way to look at what it said. */
export const PRELUDE = `
import sys as _sys, time as _time
SCRIPT = ${JSON.stringify(SCRIPT)}
OUT = "OUTSIDE"

def each(*ways):
    "Tries each way by itself."
    for way in ways:
        try:
            found = way()
            if found is not None:
                print("found", found)
        except BaseException as error:
            print("refused", type(error).__name__)

def by_text(run):
    "Runs the script, waits, and asks what it said, by something that evaluates text."
    run(SCRIPT)
    _time.sleep(1)
    print(run("'' + globalThis.SAID"))
`;

/** What stands after each road: prints what a CI service would take for a command, and lets the Worker live on. */
export const CALLED = `
print("::warning::printed\\n##vso[task.complete]x\\n##[error]y\\x1b[31m\\x9b31m")
_time.sleep(1)
`;

/** A way to evaluate text as JavaScript, through a function of Emscripten's library. */
const BY_LIBRARY = (how: string) => `
import ctypes
lib = ${how}
for name in ("emscripten_run_script", "emscripten_run_script_int", "emscripten_run_script_string", "emscripten_async_run_script"):
    def way(name=name):
        run = getattr(lib, name)
        run.restype = ctypes.c_char_p if name.endswith("string") else ctypes.c_int
        by_text(lambda text: run(text.encode()))
    each(way)
`;

/** A library as a project could bring it, whose one function is JavaScript: wasm with the section "dylink.0". */
const LIBRARY = `
def leb(n):
    out = bytearray()
    while True:
        byte, n = n & 127, n >> 7
        out.append(byte | (128 if n else 0))
        if not n: return bytes(out)
def named(text): return leb(len(text)) + text.encode()
def section(kind, body): return bytes([kind]) + leb(len(body)) + body
text = "()<::>{ " + SCRIPT + " }"
data = text.encode() + b"\\\\0"
dylink = named("dylink.0") + bytes([1]) + leb(len(leb(len(data))) + 3) + leb(len(data)) + bytes([0, 0, 0])
imports = leb(2) + named("env") + named("memory") + bytes([2, 0, 1]) + named("env") + named("__memory_base") + bytes([3, 127, 0])
globals_ = leb(1) + bytes([127, 0, 65, 0, 11])
exports = leb(1) + named("__em_js__evil") + bytes([3, 1])
content = leb(1) + bytes([0, 35, 0, 11]) + leb(len(data)) + data
LIBRARY = b"\\0asm\\1\\0\\0\\0" + section(0, dylink) + section(2, imports) + section(6, globals_) + section(7, exports) + section(11, content)
`;

/** What a project's code may try, by name; each is put before the code of a good project, whose job is compiled. */
export const ROADS: Readonly<Record<string, string>> = {
  "Emscripten's eval through ctypes.PyDLL": BY_LIBRARY("ctypes.PyDLL(None)"),
  "Emscripten's eval through ctypes.CDLL": BY_LIBRARY("ctypes.CDLL(None)"),
  "Emscripten's eval through ctypes.pythonapi": BY_LIBRARY("ctypes.pythonapi"),
  "Emscripten's eval, and process.abort()": `SCRIPT = "globalThis.ABORT = true;" + SCRIPT\n${
    BY_LIBRARY("ctypes.PyDLL(None)")
  }`,
  "more memory than allowed": `
import ctypes
each(
    lambda: ctypes.PyDLL(None).emscripten_run_script(b"globalThis.KEEP = [1,2].map(() => new Uint8Array(new WebAssembly.Memory({initial: 60000}).buffer).fill(1))"),
    lambda: ctypes.PyDLL(None).emscripten_resize_heap(ctypes.c_size_t(4000 << 20)),
)
`,
  "other functions of Emscripten's library": `
import ctypes
lib = ctypes.PyDLL(None)
each(*[
    (lambda name=name, args=args: getattr(lib, name)(*args))
    for name, args in (
        ("emscripten_async_load_script", (b"file://" + OUT.encode() + b"/canary.js", 0, 0)),
        ("emscripten_async_wget", (b"file://" + OUT.encode() + b"/canary.txt", b"/tmp/got", 0, 0)),
        ("emscripten_create_worker", (b"data:text/javascript,1",)),
        ("emscripten_dlopen", (b"/tmp/x.so", 1, 0, 0, 0)),
        ("_emscripten_system", (b"id > " + OUT.encode() + b"/written",)),
        ("system", (b"id > " + OUT.encode() + b"/written",)),
        ("emscripten_force_exit", (7,)),
    )
])
`,
  "functions by their place in the table": `
import ctypes
for place in range(1, 400):
    each(lambda: ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_char_p)(place)(SCRIPT.encode()))
`,
  "memory, by address": `
import ctypes
each(lambda: ctypes.string_at(1024, 64), lambda: ctypes.memset(1024, 0, 1 << 20))
`,
  "a library that is JavaScript": `${LIBRARY}
import ctypes
open("/tmp/evil.so", "wb").write(LIBRARY)
each(lambda: ctypes.CDLL("/tmp/evil.so").evil())
`,
  "an extension module that is JavaScript": `${LIBRARY}
import importlib.machinery, importlib.util
path = "/tmp/evil" + importlib.machinery.EXTENSION_SUFFIXES[0] if importlib.machinery.EXTENSION_SUFFIXES else "/tmp/evil.so"
open(path, "wb").write(LIBRARY)
def way():
    loader = importlib.machinery.ExtensionFileLoader("evil", path)
    return importlib.util.module_from_spec(importlib.util.spec_from_loader("evil", loader))
each(way)
`,
  "ctypes imported anew": `
for name in [name for name in _sys.modules if "ctypes" in name]: del _sys.modules[name]
import ctypes
each(lambda: ctypes.PyDLL(None).emscripten_run_script(SCRIPT.encode()))
`,
  "modules that Pyodide left": `
names = ("js", "pyodide_js", "pyodide_js._api", "pyodide_js._module")
import importlib
for name in names:
    for find in (importlib.import_module, lambda name: _sys.modules[name]):
        def way():
            module = find(name)
            return [str(getattr(module, key)) for key in dir(module)][:3]
        each(way)
each(*[
    (lambda name=name: print([key for key, value in vars(module).items() if type(value).__name__ == "JsProxy"] or 1 / 0))
    for name, module in list(_sys.modules.items()) if name.startswith(("js", "pyodide", "_pyodide"))
])
`,
  "finders that Pyodide left": `
for finder in list(_sys.meta_path):
    def way():
        print(type(finder))
        jsproxies = getattr(finder, "jsproxies", None)
        print({key: str(value)[:80] for key, value in jsproxies.items()} if jsproxies else 1 / 0)
        for proxy in jsproxies.values(): by_text(lambda text: proxy.constructor.constructor(text)())
    each(way)
`,
  "constructors of JavaScript's objects": `
from pyodide.ffi import to_js, create_proxy, create_once_callable, JsProxy
import gc
def found():
    yield to_js({}); yield to_js([1]); yield to_js(print); yield create_proxy(print); yield create_once_callable(print)
    yield to_js(b"bytes"); yield to_js({1: 2})
    yield from [each for each in gc.get_objects() if isinstance(each, JsProxy)]
for value in found():
    for way in (
        lambda: by_text(lambda text: value.constructor.constructor(text)()),
        lambda: by_text(lambda text: value.toString.constructor(text)()),
        lambda: by_text(lambda text: value.constructor.constructor.constructor("return " + text)()),
        lambda: by_text(lambda text: value.__proto__.constructor.constructor(text)()),
        lambda: print(str(value.constructor.getOwnPropertyDescriptors(value.constructor))[:200]),
    ): each(way)
`,
  "an error of JavaScript's": `
from pyodide.ffi import JsException, to_js
try:
    to_js([1]).map(1)
except BaseException as error:
    thrown = error
def prepare(error, places):
    print("places", [str(place.getThis()) for place in places])
    return 1
def way():
    kind = getattr(thrown, "js_error", thrown).constructor
    kind.prepareStackTrace = prepare
    to_js([1]).map(1)
each(way, lambda: by_text(lambda text: thrown.constructor.constructor(text)()), lambda: by_text(lambda text: thrown.js_error.constructor.constructor(text)()))
`,
  "getters on what all objects inherit from": `
from pyodide.ffi import to_js, create_proxy
kinds = to_js({"a": 1}).constructor
getter = create_proxy(lambda this: print("CANARY-GETTER", this)).captureThis()
for value in (to_js({"a": 1}), to_js([1]), to_js({1}), to_js(b"1")):
    each(lambda: kinds.defineProperty(value.constructor.prototype, "more", to_js({"get": getter})))
    each(lambda: value.more)
`,
  "promises and the event loop": `
import asyncio
from pyodide.ffi import to_js, run_sync
from pyodide.webloop import WebLoop
each(
    lambda: asyncio.run(asyncio.sleep(0.1)),
    lambda: asyncio.new_event_loop().run_until_complete(asyncio.sleep(0.1)),
    lambda: WebLoop().call_later(0.1, lambda: print("later")),
    lambda: run_sync(asyncio.sleep(1)),
    lambda: to_js(print).then(print),
)
`,
  "files, as Python sees them": `
import os, pathlib
each(*[
    (lambda path=path: open(path).read())
    for path in (OUT + "/canary.json", OUT + "/.env", OUT + "/canary.txt", "link.json", "../outside/canary.txt", "/proc/self/environ", "/proc/self/cmdline", "/proc/self/cwd/link.json", "/dev/fd/0", "/dev/stdin")
])
each(lambda: os.symlink(OUT, "/tmp/s") or open("/tmp/s/canary.txt").read(), lambda: [open(OUT + "/written", "w").write("x"), None][1], lambda: os.listdir(OUT))
each(lambda: pathlib.Path("../outside").resolve().joinpath("canary.txt").read_text())
`,
  "programs and networks": `
import os, subprocess, socket, urllib.request, webbrowser
each(
    lambda: os.system("id > " + OUT + "/written"),
    lambda: subprocess.run(["touch", OUT + "/written"]),
    lambda: os.execv("/bin/sh", ["sh"]), lambda: os.fork(), lambda: os.posix_spawn("/bin/sh", ["sh"], {}),
    lambda: urllib.request.urlopen("file://" + OUT + "/canary.txt").read(),
    lambda: socket.create_connection(("127.0.0.1", 80), 1), lambda: webbrowser.open("file:///"),
)
`,
  "environment and arguments": `
import os
each(lambda: dict(os.environ), lambda: _sys.argv, lambda: _sys.orig_argv, lambda: _sys.stdin.read())
`,
  "a forged answer": `
import json
evil = "\\x1b]0;x\\x07\\n::warning::forged\\n##vso[task.complete]\\x9b31m"
real = json.dumps
def forged(value, **how):
    text = real(value, **how)
    if not text.startswith('{"ok"'): return text
    answer = json.loads(text)
    node = answer["ok"]["pipelines"]["__default__"]["nodes"][0]
    node["tags"] = [evil]; node["name"] = "a" + evil; node["namespace"] = "../../x"
    answer["ok"]["warnings"] = [{"code": evil, "message": evil, "hint": evil}]
    answer["ok"]["project"]["name"] = evil
    answer["ok"]["__proto__"] = {"polluted": evil}
    answer["ok"]["parameters"] = {"__proto__": {"polluted": evil}, "constructor": evil}
    return real(answer)
json.dumps = forged
`,
  "an answer that is deep": `
import json
real = json.dumps
def deep(value, **how):
    text = real(value, **how)
    if not text.startswith('{"ok"'): return text
    return text.replace('"parameters": {', '"parameters": {"deep": ' + "[" * 200000 + "]" * 200000 + ", ", 1)
json.dumps = deep
`,
  "an answer that is wide": `
import json
real = json.dumps
def wide(value, **how):
    text = real(value, **how)
    if not text.startswith('{"ok"'): return text
    return text.replace('"parameters": {', '"parameters": {"wide": [' + "[]," * 10000000 + "[]], ", 1)
json.dumps = wide
`,
  "an error with commands": `
import json
class Evil(Exception): pass
evil = "\\x1b[31mx\\r::error::y\\n::warning::raised\\n  ##vso[task.complete]\\n##[error]z\\u2028::notice::w\\x85::notice::v"
Evil.__name__ = Evil.__qualname__ = evil
_time.sleep = lambda seconds: (_ for _ in ()).throw(Evil(evil))
`,
  "a flood of output": `
for i in range(20000): print("::warning::" + "x" * 100)
import os
os.write(1, b"::warning::direct\\n" * 1000); os.write(2, b"##vso[task.complete]\\n" * 1000)
`,
  "code objects that read past their own": `
import types
def way():
    def f(): pass
    code = f.__code__.replace(co_code=bytes([149, 0, 84, 255, 35, 0] * 4), co_stacksize=1)
    return types.FunctionType(code, {})()
each(way)
`,
};

/** Those whose text the program passes on, which are tried with `--json` too. */
export const PRINTS: ReadonlySet<string> = new Set([
  "a forged answer",
  "an error with commands",
  "a flood of output",
]);
