import { fileURLToPath } from "node:url";
import { deepStrictEqual as assertEquals, strictEqual, throws } from "node:assert/strict";
import type { Terminal } from "../../src/core/context.ts";
import { backgroundTerminal } from "../../src/system/context.ts";
import { systemTerminal, writeAll } from "../../src/system/terminal.ts";

/** Creates a sink that answers each write with a number of accepted bytes or an error. */
function sink(answers: readonly (number | Error)[]) {
  const taken: number[] = [];
  let text = "";
  return {
    taken,
    text: () => text,
    writeSync(bytes: Uint8Array): number {
      const answer = answers[taken.length] ?? bytes.length;
      taken.push(typeof answer === "number" ? answer : 0);
      if (typeof answer !== "number") throw answer;
      text += new TextDecoder().decode(bytes.subarray(0, answer));
      return answer;
    },
  };
}

Deno.test("writeAll() waits for a slow reader", () => {
  const to = sink([4, new Deno.errors.WouldBlock("Resource temporarily unavailable"), 3]);
  writeAll(to, "0123456789");
  strictEqual(to.text(), "0123456789");
  assertEquals(to.taken, [4, 0, 3, 3]);
});

Deno.test("writeAll() stops if the reader is gone", () => {
  const to = sink([2, new Deno.errors.BrokenPipe("Broken pipe")]);
  writeAll(to, "0123456789");
  strictEqual(to.text(), "01");
});

Deno.test("writeAll() fails if the disk is full", () => {
  throws(() => writeAll(sink([new Error("No space left on device")]), "0"), /No space left/);
});

/** The terminal of a program whose standard streams are terminals, except for `files`. */
function terminalWith(
  env: Record<string, string>,
  files: readonly ("stdin" | "stdout" | "stderr")[] = [],
  columns = 120,
) {
  const streams = ["stdin", "stdout", "stderr"] as const;
  const { consoleSize } = Deno;
  try {
    Deno.consoleSize = () => ({ columns, rows: 0 });
    for (const name of streams) Deno[name].isTerminal = () => !files.includes(name);
    return systemTerminal(env);
  } finally {
    Deno.consoleSize = consoleSize;
    for (const name of streams) Reflect.deleteProperty(Deno[name], "isTerminal");
  }
}

for (
  const [name, terminal, color, interactive, columns, outColumns] of [
    ["on a terminal", terminalWith({}), true, true, 120, 120],
    ["with NO_COLOR", terminalWith({ NO_COLOR: "1" }), false, true, 120, 120],
    ["with TERM=dumb", terminalWith({ TERM: "dumb" }), false, true, 120, 120],
    ["in a CI run", terminalWith({ CI: "true" }), true, false, 120, 120],
    ["with results in a file", terminalWith({}, ["stdout"]), false, true, 120, undefined],
    ["with messages in a file", terminalWith({}, ["stderr"]), false, false, undefined, 120],
    ["with answers in a file", terminalWith({}, ["stdin"]), true, false, 120, 120],
    ["on a terminal without a size", terminalWith({}, [], 0), true, true, 80, 80],
  ] as const
) {
  Deno.test(`systemTerminal() detects colors and width ${name}`, () => {
    assertEquals([terminal.color, terminal.interactive], [color, interactive]);
    assertEquals([terminal.columns, terminal.outColumns], [columns, outColumns]);
  });
}

for (const [file, text] of [["stdout", "working"], ["stderr", ""]] as const) {
  Deno.test(`systemTerminal() pins ${text === "" ? "no lines" : "lines"} with ${file} in a file`, async () => {
    const terminal = terminalWith({}, [file]);
    const { consoleSize } = Deno;
    let written = "";
    try {
      Deno.consoleSize = () => ({ columns: 80, rows: 24 });
      Deno.stderr.writeSync = (bytes) => (written += new TextDecoder().decode(bytes), bytes.length);
      await terminal.pin("jobs", () => ["working"]);
    } finally {
      Deno.consoleSize = consoleSize;
      Reflect.deleteProperty(Deno.stderr, "writeSync");
    }
    strictEqual(/working/.exec(written)?.[0] ?? "", text);
  });
}

/** Asks questions of a process with this input, before a command; returns the answers and what went to standard error. */
async function answersIn(input: string, count: number) {
  const terminal = new URL("../../src/system/terminal.ts", import.meta.url).href;
  const script = `const { question, command } = (await import(${
    JSON.stringify(terminal)
  })).systemTerminal({});
    const answers = [];
    for (let at = 0; at < ${count}; at++) answers.push(await question(at + "? ") ?? null);
    command("##[section]done");
    console.log(JSON.stringify(answers));`;
  const args = [
    "run",
    "--no-check",
    "--no-lock",
    "-A",
    `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
    "-",
  ];
  const child = new Deno.Command(Deno.execPath(), {
    args: args.with(-1, "data:text/javascript," + encodeURIComponent(script)),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const [answers, asked] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { answers: JSON.parse(answers!), asked };
}

Deno.test("question() reads one line at a time", async () => {
  const { answers, asked } = await answersIn("ö n e\r\n\ntwo", 4);
  assertEquals(answers, ["ö n e", "", "two", null]);
  strictEqual(asked, "0? 1? 2? 3? ##[section]done\n");
});

/** Runs the program with stdout to a file and returns its exit code and stderr. */
async function runWithStdoutTo(file: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const line = [
    Deno.execPath(),
    "run",
    "-A",
    `--lock=${root}deno.lock`,
    "--frozen",
    `--config=${root}deno.json`,
  ];
  const script = 'file=$1; shift; exec "$@" > "$file"';
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", file, ...line, `${root}main.ts`, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("--version exits 3 if the disk is full", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  for (const word of ["--version", "--help"]) {
    const { code, stderr } = await runWithStdoutTo("/dev/full", word);
    strictEqual(stderr.split("\n")[0], "error: Cannot write to standard output: the disk is full");
    strictEqual(code, 3);
    assertEquals(await runWithStdoutTo("/dev/null", word), { code: 0, stderr: "" });
  }
});

Deno.test("backgroundTerminal() writes to KEDRO_AZUREML_LOG", async () => {
  const folder = await Deno.makeTempDir();
  const log = `${folder}/log.txt`;
  const terminal = {} as Terminal;
  const { out, err } = backgroundTerminal({ KEDRO_AZUREML_LOG: log }, terminal);
  out("one\n");
  err("two\n");
  strictEqual(await Deno.readTextFile(log), "one\ntwo\n");
  if (Deno.build.os !== "windows") strictEqual((await Deno.stat(log)).mode! & 0o777, 0o600);
  await Deno.remove(folder, { recursive: true });
  strictEqual(backgroundTerminal({}, terminal), terminal);
});
