import assert from "node:assert/strict";
import type { UserError } from "../../../src/core/errors.ts";
import type { FakeOptions } from "../../fakes/context.ts";
import { realReader } from "../../fakes/reader.ts";
import { projectOf, readProject } from "./read.ts";

const PIPELINE = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name=NAME)])}
`;

/** Creates a project with its own reader process. */
const hostile = (registry: string, files: Record<string, string> = {}, options: FakeOptions = {}) =>
  projectOf(registry, files, { resources: realReader(), ...options });

/** Attacks of a hostile project; the outcome becomes a node's name, which ends with "refused" if it failed. */
const ESCAPES: Record<string, string> = {
  "import js": `
import js
got = str(js.Deno.readTextFileSync("/etc/hostname"))`,
  "import pyodide_js": `
import pyodide_js
got = str(pyodide_js)`,
  "run_js": `
from pyodide.code import run_js
got = str(run_js("typeof Deno === 'undefined' && typeof process === 'undefined' ? undeclared : Deno.version.deno"))`,
  "functions behind pyodide.ffi": `
from pyodide.ffi import to_js
got = str(to_js({}).constructor.constructor("return Deno.readTextFileSync('/etc/hostname')")())`,
  "node:fs through a JavaScript value": `
import sys
from pyodide.ffi import JsProxy, to_js
found = [v for m in list(sys.modules.values()) for v in vars(m).values() if isinstance(v, JsProxy)] or [to_js({})]
got = str(found[0].constructor.constructor("return require('node:fs').readFileSync('/etc/hostname', 'utf8')")())`,
  "the constructor of a host function": `
import sys
found = [each for each in vars(sys.modules["_pyodide_core"]).values() if type(each).__name__ == "JsProxy"]
got = str([each.constructor.constructor("return Deno.env.toObject()")() for each in found][0])`,
  "mountNodeFS": `
import pyodide_js
pyodide_js.mountNodeFS("/host", "/")
got = "mounted"`,
  "ctypes": `
import ctypes
got = "run" if ctypes.CDLL(None).system(b"id") == 0 else str(1 / 0)`,
  "fork": `
import os
got = str(os.fork())`,
  "subprocess": `
import subprocess
got = subprocess.check_output(["id"]).decode()[:3]`,
  "os.system": `
import os
got = "run" if os.system("id") == 0 else 1 / 0`,
  "a socket": `
import socket
socket.create_connection(("127.0.0.1", 80), timeout=1)
got = "connected"`,
  "urlopen": `
from urllib.request import urlopen
got = str(urlopen("http://127.0.0.1/").status)`,
  "pyfetch": `
import asyncio
from pyodide.http import open_url
got = open_url("https://image.invalid/pyodide-lock.json").read()`,
  "a file of the machine": `
got = open("/etc/hostname").read()`,
  "a secret in an environment variable": `
import os
got = os.environ["AZURE_CLIENT_SECRET"]`,
  "another secret in an environment variable": `
import os
got = os.environ["MY_API_TOKEN"]`,
  "the environment of the process": `
got = open("/proc/self/environ").read()`,
};

Deno.test("snapshot() denies project code network and files", async (t) => {
  const attempts = Object.values(ESCAPES).map((code, at) => `
def try_${at}():
${code.trim().split("\n").map((line) => `    ${line}`).join("\n")}
    return got
`);
  const registry = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def outcome(attempt):
    try:
        return "got-" + "".join(c if c.isalnum() else "." for c in attempt())
    except Exception as error:
        return "refused"
${attempts.join("")}
OUTCOMES = [outcome(globals()[f"try_{at}"]) for at in range(${attempts.length})]

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", f"b{at}", name=f"{at}.{got}") for at, got in enumerate(OUTCOMES)])}
`;
  const env = { AZURE_CLIENT_SECRET: "hunter2", MY_API_TOKEN: "hunter2", PLAIN: "yes" };
  const snapshot = await readProject(hostile(registry, {}, { env }));
  const outcomes = snapshot.pipelines.__default__!.nodes.map(({ name }) => name);
  for (const [at, name] of Object.keys(ESCAPES).entries()) {
    await t.step(`denies ${name}`, () => assert.ok(outcomes.includes(`${at}.refused`), outcomes.join(", ")));
  }
});

/** Code of hostile projects, and the expected error. */
const ENDINGS: Record<string, { code: string; error: RegExp }> = {
  "loops forever": { code: "while True: pass", error: /^kedro\.timeout$/ },
  "sleeps forever": { code: "import time\ntime.sleep(10**6)", error: /^kedro\.timeout$/ },
  "fills the memory": {
    code: "x = [bytearray(2**20) for _ in range(10**6)]",
    error: /^kedro\.out_of_memory$/,
  },
  "fills the memory with one object": {
    code: "x = b'x' * 2**31",
    error: /^kedro\.(out_of_memory|project_code)$/,
  },
  "fills the disk": {
    // Many files, because growing one large file takes seconds.
    code: "for i in range(10**5):\n    with open(f'/tmp/{i}', 'wb') as file: file.write(bytes(2**22))",
    error: /^kedro\.project_code$/,
  },
  "recurses forever": { code: "def f(): return f()\nf()", error: /^kedro\.project_code$/ },
  "recurses past Python's limit": {
    code: "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
    // Its frames fill the memory, which may exceed the timeout on a slow machine.
    error: /^kedro\.(project_code|ended|out_of_memory|timeout)$/,
  },
  "calls sys.exit": { code: "import sys\nsys.exit(3)", error: /^kedro\.exit$/ },
  "calls os._exit": { code: "import os\nos._exit(0)", error: /^kedro\.ended$/ },
  "aborts": { code: "import os\nos.abort()", error: /^kedro\.ended$/ },
  // That would reach libffi, which calls code at addresses.
  "makes a callback for C": {
    code: "import ctypes\nctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1)",
    error: /^kedro\.ended$/,
  },
  "raises KeyboardInterrupt": { code: "raise KeyboardInterrupt", error: /^kedro\.project_code$/ },
  "makes json.dumps() return invalid JSON": {
    code: "import json\njson.dumps = lambda *args, **kwargs: '}{'",
    error: /^kedro\.answer_unreadable$/,
  },
  "makes json.dumps() return a forged answer": {
    code: 'import json\njson.dumps = lambda *args, **kwargs: \'{"ok": {"pipelines": {"x": 5}}}\'',
    error: /^kedro\.answer_unreadable$/,
  },
};

/** Timeouts in milliseconds, for projects that would run longer. */
const TIME_LIMITS: Readonly<Record<string, number>> = {
  "loops forever": 2000,
  "sleeps forever": 2000,
  "recurses past Python's limit": 2000,
};

for (const [name, { code, error }] of Object.entries(ENDINGS)) {
  Deno.test(`snapshot() fails if a project ${name}`, async () => {
    const reading = readProject(hostile(`${code}\nNAME = "x"\n${PIPELINE}`), {
      timeoutMs: TIME_LIMITS[name] ?? 60_000,
    });
    await assert.rejects(reading, (thrown: UserError) => {
      assert.match(thrown.code ?? String(thrown), error);
      return true;
    });
  });
}

Deno.test("snapshot() hides secret variables from oc.env", async () => {
  const files = {
    "src/shop/settings.py":
      "from omegaconf.resolvers import oc\nCONFIG_LOADER_ARGS = {'base_env': 'base', 'default_run_env': 'local', 'custom_resolvers': {'oc.env': oc.env}}\n",
    "conf/base/parameters.yml": "secret: ${oc.env:AZURE_CLIENT_SECRET,none}\nplain: ${oc.env:PLAIN,none}\n",
  };
  const env = { AZURE_CLIENT_SECRET: "hunter2", PLAIN: "yes" };
  const snapshot = await readProject(hostile(`NAME = "x"\n${PIPELINE}`, files, { env }));
  assert.deepEqual(snapshot.parameters, { secret: "none", plain: "yes" });
});

Deno.test("snapshot() hides credentials from project code", async () => {
  const files = {
    "conf/base/catalog.yml":
      "a: {type: pandas.SQLTableDataset, credentials: db, table_name: t}\nb: {type: x.Y, credentials: {password: hunter2}, url: 'postgresql://me:hunter2@host/db'}\n",
    "conf/local/credentials.yml": "db: {con: hunter2}\n",
  };
  const registry = `
import os
NAME = "seen" if os.path.exists("conf/local/credentials.yml") else "unseen"
${PIPELINE}`;
  const snapshot = await readProject(hostile(registry, files));
  assert.equal(snapshot.pipelines.__default__!.nodes[0]!.name, "unseen");
  assert.equal(snapshot.catalog.a!.credentials, "db");
  assert.doesNotMatch(JSON.stringify(snapshot), /hunter2/);
});

Deno.test("snapshot() prints nothing during garbage collection", async () => {
  const printed: string[] = [];
  const registry = "import gc\ngc.collect()\ndef register_pipelines():\n    return {}\n";
  await readProject(hostile(registry), { onPrint: (text) => void printed.push(text) });
  assert.deepEqual(printed, []);
});

Deno.test("snapshot() removes control characters from printed text", async () => {
  const printed: string[] = [];
  const registry = `
import os, sys, threading, atexit
print("plain\\x1b[31m")
print("::set-output name=x::y")
print("##vso[task.setvariable variable=x]y", file=sys.stderr)
os.write(1, b"direct")
atexit.register(print, "late")
NAME = "x"
${PIPELINE}`;
  const snapshot = await readProject(hostile(registry), { onPrint: (text) => void printed.push(text) });
  assert.equal(snapshot.pipelines.__default__!.nodes[0]!.name, "x");
  assert.deepEqual(printed, [
    "project: plain\ufffd[31m\n",
    "project: ::set-output name=x::y\n",
    "project: # #vso[task.setvariable variable=x]y\n",
    "project: direct\n",
  ]);
});
