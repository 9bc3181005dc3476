import { ok, rejects, strictEqual } from "node:assert/strict";
import { openReader } from "../../src/kedro/reader/cached_reader.ts";
import { findProject } from "../../src/kedro/project.ts";
import { projectOf } from "../kedro/reader/read.ts";
import { realReader } from "./reader.ts";
import { reusedReader } from "./reused_reader.ts";

/** Code that changes modules, files, variables, the working folder, open files and much memory. */
const SPOILS = `
import builtins, os, sys, random
import kedro.pipeline
for path in ("/tmp/left", "/home/user/left", "left", "/left"):
    with open(path, "w") as file:
        file.write("left")
held = [open("/tmp/left") for _ in range(20)] + [bytearray(80_000_000)]
builtins.held = held
os.environ["LEFT"] = "left"
os.chdir("/tmp")
sys.modules["left"] = sys
kedro.pipeline.left = random.left = True

from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="spoiled")])}
`;

/** Prints what is left of those changes. */
const TELLS = `
import os, sys, random
import kedro.pipeline
from kedro.pipeline import node, pipeline

left = [path for path in ("/tmp/left", "/home/user/left", "left", "/left") if os.path.exists(path)]
left += ["LEFT"] * ("LEFT" in os.environ) + ["module"] * ("left" in sys.modules)
left += ["attribute"] * (hasattr(kedro.pipeline, "left") or hasattr(random, "left"))
left += ["builtin"] * ("held" in dir(__builtins__))
with open("/tmp/new", "w") as file:
    number = file.fileno()
print(left, os.getcwd(), sorted(os.listdir("/")), sorted(os.listdir("/tmp")), number, len(sys.modules), id(object()))

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

async function outputOf(resources: ReturnType<typeof reusedReader>, registry: string): Promise<string> {
  const printed: string[] = [];
  const ctx = projectOf(registry, {}, { resources });
  const onPrint = (text: string) => void printed.push(text);
  const reader = await openReader(ctx, await findProject(ctx, ctx.cwd), { env: "local", onPrint });
  try {
    await reader.snapshot();
    return printed.join("");
  } finally {
    await reader.close();
  }
}

Deno.test("reused reader keeps no state of earlier projects", async () => {
  const fresh = await outputOf(realReader(), TELLS);
  ok(fresh.startsWith("project: [] /project"), fresh);
  for (let turn = 0; turn < 3; turn++) {
    await outputOf(reusedReader(), SPOILS);
    strictEqual(await outputOf(reusedReader(), TELLS), fresh);
    await rejects(outputOf(reusedReader(), "x = 1 / 0"), /ZeroDivisionError/);
  }
});
