import { deepEqual, equal, match } from "node:assert/strict";
import {
  causeOf as wholeCauseOf,
  endBelow,
  linesOf,
  type PythonCause,
  withoutRich,
  withShortPaths,
} from "../../src/core/python_log.ts";
import { requireLinearTime } from "../fakes/linear_time.ts";

/** What Kedro 1.7 with rich 14 logged of a step, shortened. */
const LOG = `\
[11/27/26 14:01:53] INFO     Using                               __init__.py:347
                             '/opt/venv/lib/python3.11/site-pack                
                             ages/kedro/framework/project/rich_l                
                             ogging.yml' as logging                             
                             configuration.                                     
                    WARNING  Replacing dataset 'sales'       data_catalog.py:582
epoch 1
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /opt/venv/lib/python3.11/site-packages/kedro/runner/task.py:156 in           │
│ _run_node_sequential                                                         │
│                                                                              │
│   153 │   │                                                                  │
│   154 │   │   for name in node.inputs:                                       │
│   155 │   │   │   hook_manager.hook.before_dataset_loaded(dataset_name=name, │
│ ❱ 156 │   │   │   inputs[name] = catalog.load(name)                          │
│                                                                              │
│ /mnt/azureml/cr/j/0123456789abcdef0123456789abcdef/exe/wd/src/shop/nodes.py: │
│ 5 in split                                                                   │
│                                                                              │
│    4 def join_tables(a, b): return a                                         │
│ ❱  5 def split(a, p): raise ValueError("split point lies before the first da │
│    6 def train(a):                                                           │
╰──────────────────────────────────────────────────────────────────────────────╯
ValueError: split point lies before the first date of the table: 2019-01-01 < 
2020-01-01
`;

/** The cause without the lines of its message. */
function causeOf(log: string): Omit<PythonCause, "exception"> | undefined {
  const { exception: _, ...cause } = wholeCauseOf(log) ?? {};
  return "error" in cause ? cause as PythonCause : undefined;
}

const exceptionOf = (log: string) => wholeCauseOf(log)?.exception;

Deno.test("withoutRich() joins wrapped lines of a traceback", () => {
  deepEqual(withoutRich(LOG).trimEnd().split("\n"), [
    "[11/27/26 14:01:53] INFO Using '/opt/venv/lib/python3.11/site-packages/kedro/framework/project/rich_logging.yml' as logging configuration.",
    "WARNING Replacing dataset 'sales'",
    "epoch 1",
    "Traceback (most recent call last):",
    "  /opt/venv/lib/python3.11/site-packages/kedro/runner/task.py:156 in _run_node_sequential",
    "    inputs[name] = catalog.load(name)",
    "  /mnt/azureml/cr/j/0123456789abcdef0123456789abcdef/exe/wd/src/shop/nodes.py:5 in split",
    '    def split(a, p): raise ValueError("split point lies before the first da',
    "ValueError: split point lies before the first date of the table: 2019-01-01 < 2020-01-01",
  ]);
});

Deno.test("withoutRich() joins wrapped lines below a box", () => {
  const box = `\
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /wd/src/shop/nodes.py:5 in load                                              │
╰──────────────────────────────────────────────────────────────────────────────╯
DatasetError: sales: Failed while loading
[Errno 2] No such file or directory: 
'/mnt/azureml/cr/j/0123456789abcdef0123456789abcdef/exe/wd/data/01_raw/sales.csv'
[11/27/26 14:01:53] done
`;
  equal(
    withoutRich(box),
    `\
Traceback (most recent call last):
  /wd/src/shop/nodes.py:5 in load
DatasetError: sales: Failed while loading
[Errno 2] No such file or directory: '/mnt/azureml/cr/j/0123456789abcdef0123456789abcdef/exe/wd/data/01_raw/sales.csv'
[11/27/26 14:01:53] done
`,
  );
});

Deno.test("withoutRich() leaves tables unchanged", () => {
  const table =
    "╭──────┬──────╮\n│ a    │ b    │\n╰──────┴──────╯\nepoch 1  loss 2\n                    INFO\n";
  equal(withoutRich(table), table);
});

Deno.test("causeOf() returns the line of project code that raised", () => {
  const cause = {
    error: "ValueError: split point lies before the first date of the table: 2019-01-01 < 2020-01-01",
    place: "src/shop/nodes.py:5 in split",
  };
  deepEqual(causeOf(LOG), cause);
  deepEqual(causeOf(LOG.split("\n").slice(-12).join("\n")), cause);
  equal(causeOf("epoch 1\nValueError: only printed\n"), undefined);
  equal(causeOf(""), undefined);
});

Deno.test("causeOf() returns the place if a path ends with its line", () => {
  const log = `\
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /tmp/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa │
│ a/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb/wd/nodes.py:2 │
│  in clean                                                                    │
│                                                                              │
│ ❱ 2 │   raise ValueError('x')                                                │
╰──────────────────────────────────────────────────────────────────────────────╯
ValueError: x
`;
  equal(causeOf(log)?.place, "nodes.py:2 in clean");
});

Deno.test("causeOf() shortens Kedro's message about a missing file", () => {
  const log = `Traceback (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/kedro/io/core.py", line 327, in load
    raise DatasetError(message) from exc
kedro.io.core.DatasetError: sales: Failed while loading data from dataset CSVDataset(filepath=/wd/sales.csv).
[Errno 2] No such file or directory: '/mnt/azureml/cr/j/01ab/exe/wd/data/01_raw/sales.csv'
`;
  deepEqual(causeOf(log), { error: "DatasetError: sales: data/01_raw/sales.csv not found" });
  equal(exceptionOf(log)?.split("\n").length, 2);
  deepEqual(causeOf(log.replace(/\[Errno.*/, "Permission denied")), {
    error: "DatasetError: sales: Permission denied",
  });
});

Deno.test("causeOf() names the dataset that Kedro could not create", () => {
  const raised = `kedro.io.core.DatasetError: 
Selected backend 'nope' could not be imported. Make sure it is installed and importable..
Failed to instantiate dataset 'region.apac.modell' of type 'kedro_datasets.pickle.pickle_dataset.PickleDataset'.
`;
  const log = `Traceback (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/kedro/io/core.py", line 311, in from_config
    raise DatasetError(
`;
  deepEqual(causeOf(log + raised), {
    error:
      "DatasetError: region.apac.modell: Selected backend 'nope' could not be imported. Make sure it is installed and importable.",
  });
  const box = `╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /tmp/a-long-name/pv/lib/python3.11/site-packages/kedro/io/data_catalog.py:6599 │
│ in get                                                                         │
╰──────────────────────────────────────────────────────────────────────────────╯
DatasetError: 
PickleDataset.__init__() got an unexpected keyword argument 'bakend'.
Dataset 'a' must only contain arguments valid for the constructor of 
'kedro_datasets.pickle.pickle_dataset.PickleDataset'.
`;
  deepEqual(causeOf(box), {
    error: "DatasetError: a: PickleDataset.__init__() got an unexpected keyword argument 'bakend'",
  });
  match(withoutRich(box), /data_catalog\.py:6599 in get\n/);
});

/** What Python prints of exceptions, each raised in a file because of the one before it. */
function chain(...raised: readonly (readonly [file: string, exception: string])[]): string {
  return raised.map(([file, exception]) =>
    `Traceback (most recent call last):\n  File "${file}", line 3, in f\n    call()\n${exception}\n`
  ).join("\nThe above exception was the direct cause of the following exception:\n\n");
}

const [OWN, OTHER, LIBRARY] = [
  "/wd/src/shop/nodes.py",
  "/wd/src/shop/report.py",
  "/opt/lib/python3.11/csv.py",
];

Deno.test("causeOf() names the first exception of a chain", () => {
  const first = { error: "KeyError: 'a'", place: "src/shop/nodes.py:3 in f" };
  const failed = [LIBRARY, "ImportError: failed"] as const;
  deepEqual(causeOf(chain([OWN, "KeyError: 'a'"], failed)), first);
  deepEqual(causeOf(chain([OWN, "KeyError: 'a'"], [LIBRARY, "OSError: b"], failed)), first);
  deepEqual(causeOf(chain([LIBRARY, "OSError: b"], [OWN, "ValueError"], failed))?.error, "OSError: b");
  deepEqual(causeOf(chain([OWN, "KeyError: 'a'"], [LIBRARY, "DatasetError: sales:\n'a'"])), {
    error: "DatasetError: sales:",
    place: "src/shop/nodes.py:3 in f",
  });
  const unrelated = chain([OWN, "KeyError: 'a'"]) + chain(failed);
  deepEqual(causeOf(unrelated), { error: "ImportError: failed" });
});

Deno.test("causeOf() says why Kedro left out a module", () => {
  const kedro = "/opt/lib/python3.11/site-packages/kedro";
  const ended = chain([
    `${kedro}/pipeline.py`,
    "ValueError: Pipeline does not contain nodes named ['clean'].",
  ]);
  const plain = (traceback: string) =>
    `WARNING ${kedro}/project.py:736: UserWarning: An error occurred while importing the 'shop.prep' module. Nothing ` +
    `defined therein will be returned by 'find_pipelines'.\n\n${traceback}\n  warnings.warn(\n${ended}`;
  deepEqual(causeOf(plain(chain([OWN, "ModuleNotFoundError: No module named 'pandaz'"]))), {
    error: "ModuleNotFoundError: No module named 'pandaz'",
    place: "src/shop/nodes.py:3 in f",
  });
  const invalid = `Traceback (most recent call last):\n  File "${OWN}", line 5\n    def f()\n           ^\n`;
  deepEqual(causeOf(plain(`${invalid}SyntaxError: expected ':'\n`)), {
    error: "SyntaxError: expected ':'",
    place: "src/shop/nodes.py:5",
  });
  const wrapped = `\
                    WARNING  /opt/site-packages/kedro/proje warnings.py:109
                             ct.py:736: UserWarning: An error                   
                             occurred while importing the                       
                             'shop.prep' module.                                
                                                                                
                             Traceback (most recent call last):                 
                               File "/wd/src/shop/nodes.py",                    
                             line 1, in <module>                                
                                 import pandaz                                  
                             ModuleNotFoundError: No module                     
                             named 'pandaz'                                     
                                                                                
                               warnings.warn(                                   
`;
  deepEqual(causeOf(wrapped + ended), {
    error: "ModuleNotFoundError: No module named 'pandaz'",
    place: "src/shop/nodes.py:1 in <module>",
  });
  equal(causeOf(ended)!.error, "ValueError: Pipeline does not contain nodes named ['clean'].");
});

Deno.test("causeOf() prefers exceptions of project code", () => {
  deepEqual(causeOf(chain([OWN, "KeyError: 'a'"], [OTHER, "RuntimeError: no report of hours"])), {
    error: "RuntimeError: no report of hours",
    place: "src/shop/report.py:3 in f",
    causedBy: "KeyError: 'a' at src/shop/nodes.py:3 in f",
  });
  const inLibrary = chain([LIBRARY, "KeyError: 'a'"], [OWN, "KeyError: 'a'"], [
    OTHER,
    "RuntimeError: no report",
  ]);
  equal(causeOf(inLibrary)!.causedBy, "KeyError: 'a' at src/shop/nodes.py:3 in f");
});

Deno.test("exceptionOf() returns at most twelve lines", () => {
  const head = 'Traceback (most recent call last):\n  File "/wd/a.py", line 1, in f\n    f()\n';
  const lines = Array.from({ length: 15 }, (_, at) => `line ${at}`);
  const of = (...rest: readonly string[]) =>
    exceptionOf(`${head}ValueError: no\n${[...lines.slice(0, 2), ...rest].join("\n")}\n`)?.split("\n");
  equal(
    exceptionOf(`${head}ValueError: no\n${lines.join("\n")}\n`),
    ["ValueError: no", ...lines.slice(0, 11)].join("\n"),
  );
  for (const end of ["", "[09/01/26 10:00:00] INFO", "kedro-azureml: the step failed"]) {
    deepEqual(of(end, "more"), ["ValueError: no", "line 0", "line 1"], end);
  }
  deepEqual(
    of("[Errno 2] No such file"),
    ["ValueError: no", "line 0", "line 1", "[Errno 2] No such file", ""].slice(0, 4),
  );
});

Deno.test("endBelow() removes package code from a traceback", () => {
  const log = `    a  b
Traceback (most recent call last):
  File "/opt/lib/python3.11/site-packages/x.py", line 1, in f
    code()
KeyError: 'a'
ValueError: b
`;
  equal(endBelow(log, { error: "ValueError: b", exception: "" }, 9), "    a  b\nKeyError: 'a'");
});

Deno.test("causeOf() takes linear time", () => {
  for (
    const text of ["│ a │\n", "/a/wd", "  a:1 in b\n", "Failed while loading data from dataset .\n", "a: "]
  ) {
    requireLinearTime((size) => {
      const log = `  a:1 in b\nError: ${text.repeat(size / text.length)}`;
      causeOf(log);
      withShortPaths(log);
    });
  }
});

Deno.test("linesOf() applies carriage returns of progress bars", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    [" 0%\r50%\r100%\nnext\r\n", ["100%", "next"]],
    ["a\n\nb\n", ["a", "", "b"]],
    ["working\r\x1b[2K\ndone\n", ["", "done"]],
    ["one\ntwo\n\x1b[2A\x1b[2KONE\n\x1b[2KTWO\nend\n", ["ONE", "TWO", "end"]],
    ["\x1b[9Aup\n", ["up"]],
    ["no\b\byes\n", ["yes"]],
    ["\b\bx", ["x"]],
  ];
  for (const [text, lines] of cases) deepEqual(linesOf(text), lines, JSON.stringify(text));
});
