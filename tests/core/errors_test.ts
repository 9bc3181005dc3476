import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  changedError,
  cutLong,
  inQuotes,
  interruption,
  isOpenElsewhere,
  openFailure,
  placeText,
  placing,
  reasonOf,
  tryParse,
  UserError,
  userErrorOf,
  withData,
  withPlace,
} from "../../src/core/errors.ts";

Deno.test("cutLong() keeps the start and end and counts the omitted characters", () => {
  equal(cutLong("abc", 3), "abc");
  equal(
    cutLong("a".repeat(75) + "b".repeat(900) + "c".repeat(20), 100),
    `${"a".repeat(75)} … 900 more characters … ${"c".repeat(20)}`,
  );
  ok(cutLong("😀".repeat(100), 100).isWellFormed());
});

Deno.test("UserError shortens long values", () => {
  const long = "x".repeat(1_000_000);
  const { message, hint, details } = new UserError(long, {
    code: "a.b",
    exit: 3,
    hint: long,
    details: [long],
  });
  ok([message, hint!].every((text) => text.startsWith(`${"x".repeat(1500)} …`)));
  ok(details[0]!.startsWith(`${"x".repeat(12_000)} …`));
});

Deno.test("UserError derives its exit code from its error code unless an exit code is given", () => {
  const exitOf = (code: string, own?: 5) => new UserError("x", { code, ...(own && { exit: own }) }).exit;
  equal(exitOf("usage.option"), 2);
  equal(exitOf("auth.tenant"), 4);
  equal(exitOf("network.name"), 6);
  equal(exitOf("kedro.exit"), 3);
  equal(exitOf("usage.option", 5), 5);
});

Deno.test("isOpenElsewhere() recognizes Windows errors in any language, and Wine's", () => {
  for (
    const text of [
      "The process cannot access the file because it is being used by another process. (os error 32): open 'C:\\a'",
      "Der Prozess kann nicht auf die Datei zugreifen, da sie von einem anderen Prozess verwendet wird. (os error 32)",
      "別のプロセスがファイルの一部をロックしているため、プロセスはファイルにアクセスできません。 (os error 33)",
      "Sharing violation. (os error 32): open 'Z:\\a'",
    ]
  ) ok(isOpenElsewhere(new Error(text)), text);
});

Deno.test("isOpenElsewhere() returns false for other error numbers, systems and values", () => {
  ok(!isOpenElsewhere(new Error("Broken pipe (os error 32)")));
  ok(!isOpenElsewhere(new Error("Access is denied. (os error 5)")));
  ok(!isOpenElsewhere("Sharing violation. (os error 32)"));
});

Deno.test("withPlace() adds a place only to an error without a place, and keeps its other fields", () => {
  const parts = { code: "a.b", exit: 3, hint: "h", details: ["d"], data: { x: 1 } } as const;
  const error = new UserError("No", parts);
  const placed = withPlace(error, { file: "f", line: 2 });
  deepEqual(
    [placed.name, placed.message, placed.code, placed.exit, placed.hint, placed.details, placed.data],
    [
      "UserError",
      "No",
      ...["a.b", 3, "h", ["d"], { x: 1 }],
    ],
  );
  deepEqual(placed.place, { file: "f", line: 2 });
  equal(withPlace(placed, { file: "g" }), placed);
  equal(withPlace(error, undefined), error);
  equal(withPlace(new UserError("No", { code: "a.b", exit: 3 }), { file: "f" }).hint, undefined);
});

Deno.test("changedError() keeps the cause of an error, and what is not changed", () => {
  const cause = new TypeError("why");
  const error = new UserError("No", {
    code: "a.b",
    exit: 5,
    hint: "h",
    details: ["d"],
    data: { x: 1 },
    cause,
  });
  const changed = changedError(error, { message: "Never", hint: undefined, details: ["e"] });
  deepEqual(
    [changed.message, changed.code, changed.exit, changed.hint, changed.details, changed.data],
    ["Never", "a.b", 5, undefined, ["e"], { x: 1 }],
  );
  equal(changed.cause, cause);
});

Deno.test("tryParse() returns undefined for a user error, and rethrows bugs", () => {
  const throwing = (thrown: unknown) => () => {
    throw thrown;
  };
  equal(tryParse(() => 5), 5);
  equal(tryParse(throwing(new UserError("No", { code: "a.b" }))), undefined);
  throws(() => tryParse(throwing(new TypeError("a bug"))), TypeError);
});

Deno.test("inQuotes() quotes names, with commas or another word between them", () => {
  deepEqual([inQuotes(["a"]), inQuotes(["a", "b"]), inQuotes(["a", "b"], " and ")], [
    '"a"',
    '"a", "b"',
    '"a" and "b"',
  ]);
});

Deno.test("withData() adds data to an error, and keeps its other fields", () => {
  const error = new UserError("No", {
    code: "a.b",
    exit: 3,
    hint: "h",
    place: { file: "f" },
    data: { x: 1, y: 1 },
  });
  const { message, code, exit, hint, place, data } = withData(error, { y: 2 });
  deepEqual([message, code, exit, hint, place, data], ["No", "a.b", 3, "h", { file: "f" }, { x: 1, y: 2 }]);
  const bare = withData(new UserError("No", { code: "a.b", exit: 3 }), {});
  deepEqual([bare.hint, bare.place], [undefined, undefined]);
});

Deno.test("placing() adds a place to a UserError but not to other errors", () => {
  const thrown = new UserError("No", { code: "a.b", exit: 3 });
  const place = () => ({ file: "f", line: 1 });
  throws(() =>
    placing(place, () => {
      throw thrown;
    }), { code: "a.b", place: { file: "f", line: 1 } });
  throws(() =>
    placing(place, () => {
      throw new RangeError("defect");
    }), RangeError);
  equal(placing(place, () => 5), 5);
});

Deno.test("placeText() omits an unknown line or column", () => {
  deepEqual(
    [{ file: "f" }, { file: "f", line: 2 }, { file: "f", line: 2, column: 3, key: "k" }].map(placeText),
    [
      "f",
      "f:2",
      "f:2:3",
    ],
  );
});

Deno.test("interruption() names the signal", () => {
  const [terminated, interrupted] = [
    interruption("SIGTERM"),
    interruption("SIGINT", ["job a keeps running"], { hint: "Cancel it", details: ["a"], data: { jobs: 1 } }),
  ];
  deepEqual([terminated.message, terminated.exit], ["Interrupted by SIGTERM", 143]);
  deepEqual([interrupted.message, interrupted.exit], ["Interrupted (Ctrl+C); job a keeps running", 130]);
  const { code, hint, details, data } = interrupted;
  deepEqual([code, hint, details, data], ["interrupted", "Cancel it", ["a"], { jobs: 1 }]);
});

Deno.test("reasonOf() returns the text after the first colon", () => {
  equal(reasonOf({ message: "Cannot read a: b: c" }), "b: c");
});

Deno.test("userErrorOf() returns user errors, and rethrows bugs and interruptions", () => {
  const error = new UserError("No", { code: "a.b" });
  const running = new AbortController();
  equal(userErrorOf(error), error);
  equal(userErrorOf(error, running.signal), error);
  for (const other of [new TypeError("a bug"), "SIGINT", interruption("SIGINT")]) {
    throws(() => userErrorOf(other, running.signal), (thrown) => thrown === other);
  }
  running.abort();
  throws(() => userErrorOf(error, running.signal), (thrown) => thrown === error);
});

Deno.test("openFailure() returns why a file cannot be opened, or undefined for other errors", () => {
  const { IsADirectory, NotCapable, NotFound, PermissionDenied } = Deno.errors;
  deepEqual([PermissionDenied, IsADirectory, NotCapable, NotFound].map((Kind) => openFailure(new Kind())), [
    "permission denied",
    "it is a folder",
    "it is a device, or in a folder of the system",
    undefined,
  ]);
});
