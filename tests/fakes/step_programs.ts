import type { Exit } from "../../src/core/context.ts";
import { exited, type FakeContext, type FakeOptions } from "./context.ts";

/** The parts of a step that a test runs in place of its command. */
export interface FakeStep {
  /** The command with inputs and outputs filled in. */
  readonly line: string;
  readonly env: Readonly<Record<string, string>>;
  /** Appends to the log of the step. */
  print(text: string): void;
  /** Writes a file; the path is absolute, or below the working copy. */
  write(path: string, text: string): void;
  /** Returns the text of a file; `undefined` if it does not exist. */
  read(path: string): string | undefined;
}

/** Writes the output of each step of project `tiny`. */
export const writesOutputs: RunStep = ({ line, print, write }) => {
  const [, output, path] = /--az-output=(\S+) (\S+?);/.exec(line)!;
  print(`Saved ${output}\n`);
  write(`${path}/${output}.pickle`, output!);
};

/** Runs a step and returns its exit code (default: 0). */
export type RunStep = (step: FakeStep) => number | void | Promise<number | void>;

/**
 * Creates the programs that run steps: bash calls `runStep`, and file tools work in memory. Links are copies.
 */
export function stepPrograms(
  files: () => FakeContext["files"],
  runStep: RunStep,
): NonNullable<FakeOptions["exec"]> {
  const done = (status: number, stdout = "", found = true): Exit => exited({ status, stdout, found });
  const copy = (from: string, to: string) => {
    const all = files();
    const [source, isContent] = from.endsWith("/.") ? [from.slice(0, -2), true] : [from, false];
    for (const [path, bytes] of [...all]) {
      if (path === source) all.set(to, bytes);
      else if (path.startsWith(`${source}/`)) all.set(`${to}${path.slice(source.length)}`, bytes);
    }
    return isContent;
  };
  return async (program, args, options = {}) => {
    switch (program) {
      case "mkdir":
      case "chmod":
        return done(0);
      case "cp":
      case "ln":
        copy(args.at(-2)!, args.at(-1)!);
        return done(0);
      case "rm":
        for (const path of [...files().keys()]) {
          if (path === args.at(-1) || path.startsWith(`${args.at(-1)}/`)) files().delete(path);
        }
        return done(0);
      case "bash": {
        const [line, log] = args.slice(3, 5) as [string, string];
        files().set(log, new Uint8Array());
        const absolute = (path: string) => path.startsWith("/") ? path : `${options.cwd}/${path}`;
        const textOf = (path: string) => {
          const bytes = files().get(absolute(path));
          return bytes && new TextDecoder().decode(bytes);
        };
        const write = (path: string, text: string) =>
          void files().set(absolute(path), new TextEncoder().encode(text));
        const print = (text: string) => write(log, `${textOf(log)}${text}`);
        const status = await runStep({ line, env: options.env ?? {}, print, write, read: textOf });
        return done(status ?? 0);
      }
      default:
        return /^(\/home\/user\/\w+)?\/\.?venv\/bin\/python$/.test(program)
          ? done(0, `${program}\n${program.replace(/\/python$/, "")}\n`)
          : done(127, "", false);
    }
  };
}
