import { readDuration } from "../../core/format.ts";
import { ExitCode, UserError } from "../../core/errors.ts";
import type { Fault, FaultKind } from "../../emulator/state/options.ts";

/**
 * Parses a fault from the command line, such as `PUT jobs/*:429:2`: a method (or `*`), the end of a path, what happens,
 * and how often (default: once; `always`). In the path, `*` matches anything but a slash and `**` matches anything.
 *
 * @throws {UserError} `emulator.fault`.
 */
export function parseFault(typed: string): Fault {
  const [, method, path, what = "", times = "1"] =
    /^(\*|[A-Z]+) +([^\s:]+):([^:]+)(?::(\d+|always))?$/.exec(typed) ?? [];
  const happens = faultKind(what);
  if (method === undefined || path === undefined || happens === undefined) {
    throw new UserError(`Invalid fault "${typed}"`, {
      code: "emulator.fault",
      exit: ExitCode.Usage,
      hint:
        "Write METHOD PATH:WHAT[:TIMES], such as `--fault 'PUT jobs/*:429:2'`; WHAT is a status, `cut`, " +
        "`cut-after`, `page`, `lie`, `failed` for the polls of an operation, or a delay such as `5s`",
    });
  }
  return {
    ...(method !== "*" && { method }),
    url: new RegExp(`/${pattern(path.replace(/^\//, ""))}(?:\\?|$)`, "i"),
    times: times === "always" ? Infinity : Number(times),
    happens,
  };
}

function pattern(path: string): string {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return escaped.replaceAll("**", "\u0000").replaceAll("*", "[^/?]*").replaceAll("\u0000", "[^?]*");
}

function faultKind(what: string): FaultKind | undefined {
  if (what === "cut" || what === "cut-after") return { kind: "cut", afterServer: what === "cut-after" };
  if (what === "page" || what === "failed") return { kind: what };
  if (what === "lie") return { kind: "lie", origin: ELSEWHERE };
  if (/^30[12378]$/.test(what)) return { kind: "redirect", status: Number(what), origin: ELSEWHERE };
  if (what === "429") return { kind: "throttle", retryAfterSeconds: 1 };
  if (/^[45]\d\d$/.test(what)) return { kind: "status", status: Number(what) };
  // A number alone is a status.
  const delayMs = /[a-z]$/.test(what) ? readDuration(what) : undefined;
  return delayMs === undefined ? undefined : { kind: "delay", delayMs };
}

/** Where redirects and lies lead to: nowhere. */
const ELSEWHERE = "https://elsewhere.example";
