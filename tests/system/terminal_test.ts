import { fileURLToPath } from "node:url";
import { deepStrictEqual as assertEquals, strictEqual, throws } from "node:assert/strict";
import { writeAll } from "../../src/system/terminal.ts";

/** A sink that does what `answers` say, one a write: a number of bytes that it takes, or an error. */
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

Deno.test("writeAll() goes on where a write took only a part, and waits for a reader that is slow", () => {
  const to = sink([4, new Deno.errors.WouldBlock("Resource temporarily unavailable"), 3]);
  writeAll(to, "0123456789");
  strictEqual(to.text(), "0123456789");
  assertEquals(to.taken, [4, 0, 3, 3]);
});

Deno.test("writeAll() stops without a word when the reader has gone", () => {
  const to = sink([2, new Deno.errors.BrokenPipe("Broken pipe")]);
  writeAll(to, "0123456789");
  strictEqual(to.text(), "01");
});

Deno.test("writeAll() tells of a disk that is full", () => {
  throws(() => writeAll(sink([new Error("No space left on device")]), "0"), /No space left/);
});

/** The program, with standard output to a file; the exit status, and what it says on standard error. */
async function sayTo(file: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
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

Deno.test({
  name: "what cannot be printed is told, of the answers too that need no command line",
  ignore: Deno.build.os !== "linux",
  async fn() {
    for (const word of ["--version", "--help"]) {
      const { code, stderr } = await sayTo("/dev/full", word);
      strictEqual(stderr.split("\n")[0], "error: Cannot write to standard output: the disk is full");
      strictEqual(code, 3);
      assertEquals(await sayTo("/dev/null", word), { code: 0, stderr: "" });
    }
  },
});
