import { deepEqual, equal, match } from "node:assert/strict";
import type { LogPart, LogView, PageData, RunView, StepView } from "../../../src/page/view.ts";
import { type BrowserOptions, type OpenPage, withPage } from "../open_page.ts";
import { simulatedRun } from "../simulated.ts";

const STEP = "load_rides_0";
const OPEN = { hash: `#tab=steps&step=${STEP}` };

/** A run whose first step has other fields than usual. */
function runWith(fields: Partial<StepView>, isLive = false): PageData {
  const data = simulatedRun(9, { isOver: true });
  const view = data.view as RunView;
  const steps = view.steps.map((step) => step.key === STEP ? { ...step, ...fields } : step);
  return { ...data, isLive, view: { ...view, steps } };
}

function withLog(
  log: Partial<LogView>,
  test: (page: OpenPage) => Promise<void> | void,
  fields: Partial<StepView> = {},
): Promise<void> {
  return withPage(runWith({ logs: [{ name: "logs/std.txt", text: "", ...log }], ...fields }), test, OPEN);
}

function numbered(count: number): string {
  return Array.from({ length: count }, (_, at) => `line ${at + 1}\n`).join("");
}

/** Each line with its number and its classes. */
function shownLines({ find }: OpenPage): readonly string[] {
  return [...find(".lines").querySelectorAll<HTMLElement>(".line")].map((
    { dataset, className, textContent },
  ) => `${dataset.at} ${dataset.line} ${className}: ${textContent}`);
}

Deno.test("log marks errors and warnings", () => {
  const lines = [
    "INFO start",
    "WARN a",
    "WARNING b",
    "no ERROR here",
    "CRITICAL x",
    "2026-12-01 14:46:54,123 - shop.nodes - ERROR - x",
    "[12/01/26 14:46:54] ERROR x",
    "Traceback (most recent",
    "an Exception",
    "shop.BadError: x",
    "  shop.BadError: x",
    "WARNINGS",
    "│   15 │   except Exception as error:  │",
    "│ ❱ 16 │   │   raise ValueError(1)      │",
  ];
  const bad = [4, 5, 6, 9, 13];
  return withLog({ text: `${lines.join("\n")}\n` }, async (page) => {
    await page.enter(".log-bar label input", true);
    deepEqual(
      shownLines(page),
      lines.map((line, at) =>
        `${at} ${at + 1} line${
          bad.includes(at) ? " bad" : /^WARN/.test(line) && at < 3 ? " warn" : ""
        }: ${line}\n`
      ),
    );
  });
});

Deno.test("click on a line number of a log sets the URL", async () => {
  const text = "a\n[12/01/26 14:33:00] INFO     Using " + "x".repeat(33) + " __init__.py:270\n" +
    " ".repeat(29) + "more\nb\n";
  await withLog({ text }, async (page) => {
    deepEqual(
      shownLines(page).map((line) => line.split(" ")[1]),
      ["1", "2", "4"],
      "they are those of the log",
    );
    await page.send(".line[data-line='4']", "click", { offsetX: 9 });
    equal(page.state.hash, `${OPEN.hash}&log=logs%2Fstd.txt&line=4`);
    deepEqual(page.texts(".line.now"), ["b\n"]);
  });
  await withPage(
    runWith({ logs: [{ name: "a", text: "" }, { name: "b", text: numbered(9) }], status: "Failed" }),
    ({ texts, state }) => deepEqual([texts(".line.now"), state.scrolledTo], [["line 7\n"], "line 7"]),
    { hash: `${OPEN.hash}&log=b&line=7` },
  );
});

Deno.test("log unfolds frames of packages on a click or search", () => {
  const text = '  File "/v/lib/python3.12/site-packages/a/b.py", line 7, in f\n'.repeat(3) + "ValueError\n";
  return withLog({ text }, async ({ texts, send, enter }) => {
    deepEqual(texts(".line"), ["▸ 3 frames of a\n", "ValueError\n"]);
    await send(".line[data-at='0']", "click");
    equal(texts(".line").length, 5);
    await send(".line[data-at='0']", "click");
    equal(texts(".line").length, 2);
    await enter(".find input", "b.py");
    deepEqual([texts(".find [role=status]"), texts(".line").length], [["1 of 3"], 5]);
  });
});

Deno.test("lines of a log after a gap have no numbers", async () => {
  const text = `${numbered(150)}[12 bytes left out]\n${numbered(60)}`;
  await withLog({ text, omittedBytes: 1200 }, (page) => {
    const blocks = [...page.find(".lines").children].map(({ children }) => children.length);
    deepEqual(blocks, [100, 100, 11]);
    const lines = shownLines(page);
    deepEqual([lines[99], lines[100], lines[149]], [
      "99 100 line: line 100\n",
      "100 101 line: line 101\n",
      "149 150 line: line 150\n",
    ]);
    deepEqual([lines[150], lines[151], lines[210]], [
      "150  line: [12 bytes left out]\n",
      "151  line: line 1\n",
      "210  line: line 60\n",
    ]);
    deepEqual(page.texts(".log-bar > span:not(.find)"), ["1.2 KiB left out"]);
  });
  await withLog({ text: "" }, ({ texts }) => deepEqual(texts(".lines .line"), ["The log is empty."]));
});

Deno.test("long log shows its last 20,000 lines", () =>
  withLog({ text: numbered(20_002), omittedBytes: 5 }, async (page) => {
    deepEqual(page.texts(".log-bar > span:not(.find)"), ["5 bytes left out, the last 20,000 lines"]);
    const { children } = page.find(".lines");
    const [first, last] = [children[0]!.firstElementChild!, children[199]!.lastElementChild!];
    equal(first.outerHTML, '<div data-line="3" data-at="0" class="line">line 3\n</div>');
    deepEqual([children.length, last.textContent], [200, "line 20002\n"]);
    await page.click("[aria-label='Copy the log']");
    equal(`${page.state.copied}\n`, numbered(20_002));
  }));

Deno.test("copied log has no escapes of colors", () =>
  withLog({ text: "\x1b[31mred\x1b[0m\nplain\n" }, async (page) => {
    await page.click("[aria-label='Copy the log']");
    equal(page.state.copied, "red\nplain");
  }));

Deno.test("search in a log goes to each line with the text", () => {
  const text = "first\nSome match\nthird\nmatch again\n" + numbered(200) + "Match\n";
  return withLog({ text }, async (page) => {
    const { enter, send, texts, find, state } = page;
    const now = () => [texts(".find [role=status]")[0], find(".line.now").textContent, state.scrolledTo];
    const press = (shiftKey: boolean) => send(".find input", "keydown", { key: "Enter", shiftKey });
    await enter(".find input", " MATCH ");
    deepEqual(now(), ["1 of 3", "Some match\n", "Some match"]);
    deepEqual(texts(".line.hit"), ["Some match\n", "match again\n", "Match\n"]);
    await press(false);
    deepEqual(now(), ["2 of 3", "match again\n", "match again"]);
    await press(false);
    deepEqual(now(), ["3 of 3", "Match\n", "Match"]);
    await press(false);
    deepEqual(now(), ["1 of 3", "Some match\n", "Some match"]);
    await press(true);
    deepEqual(now(), ["3 of 3", "Match\n", "Match"]);
    await enter(".find input", "line 20");
    deepEqual(now(), ["1 of 2", "line 20\n", "line 20"]);
    await enter(".find input", "nowhere");
    await press(false);
    deepEqual([texts(".find [role=status]"), texts(".line.hit")], [["none"], []]);
    await enter(".find input", " ");
    deepEqual(texts(".find [role=status]"), []);
  });
});

Deno.test("log of a failed step opens at its end", async () => {
  const at = ({ find }: OpenPage) => find(".lines").scrollTop;
  const fields = { status: "Failed" };
  await withLog({ text: numbered(9) }, async (page) => {
    equal(at(page), 2000);
    page.find(".lines").scrollTop = 1251;
    await page.send(".lines", "scroll");
    await page.click(".log-bar [aria-pressed]");
    equal(at(page), 1251);
  }, fields);
  await withLog({ text: numbered(9) }, async (page) => {
    page.find(".lines").scrollTop = 1252;
    await page.send(".lines", "scroll");
    await page.click(".log-bar [aria-pressed]");
    equal(at(page), 2000, "almost at the end still counts as the end");
    await page.enter(".find input", "line 3");
    page.find(".lines").scrollTop = 100;
    await page.click(".log-bar [aria-pressed]");
    equal(at(page), 100, "a search does not jump back to the end");
  }, fields);
  await withLog({ text: numbered(9) }, (page) => equal(at(page), undefined));
});

Deno.test("Escape closes a full-screen log", () =>
  withLog({ text: "a\n" }, async ({ click, find, send, texts }) => {
    const looks =
      () => [find(".log").className, find(".log-bar [aria-pressed]").textContent, texts(".panel").length];
    deepEqual(looks(), ["log", "⤢", 1]);
    await click(".log-bar [aria-pressed]");
    deepEqual(looks(), ["log full", "Close", 1]);
    await send(".log", "keydown", { key: "a" });
    equal(find(".log").className, "log full");
    await send(".log", "keydown", { key: "Escape" });
    deepEqual(looks(), ["log", "⤢", 1]);
    await send(".log", "keydown", { key: "Escape" });
    equal(texts(".panel").length, 0);
  }));

/** Opens the live page of a running step, whose server answers with parts of its log. */
function withLiveLog(
  parts: readonly (Partial<LogPart> | string)[],
  test: (page: OpenPage) => Promise<void> | void,
  fields: Partial<StepView> = { endedAt: undefined, status: "Running" },
): Promise<void> {
  const left = [...parts];
  const answer: BrowserOptions["answer"] = ({ part }) => {
    if (part !== "log") throw new Error(`The page asked for ${part}`);
    const next = left.shift()!;
    const files = ["user_logs/std_log.txt"];
    return typeof next === "string"
      ? next
      : { files, file: files[0], text: "", next: 7, skippedBytes: 0, ...next };
  };
  return withPage(runWith(fields, true), test, { ...OPEN, answer });
}

Deno.test("live log scrolls to new lines", () =>
  withLiveLog([
    { text: "one\n", next: 4 },
    { text: "two\n", next: 8, nodeRuns: [{ name: "a", status: "Completed", durationMs: 100 }] },
  ], async (page) => {
    const { texts, advance, state, find, outline, click, send } = page;
    deepEqual(shownLines(page), ["0 1 line: one\n"]);
    deepEqual(texts(".nodes li"), ["aRunning", "bWaiting"]);
    const isFollowing = async (scrollTop: number) => {
      find(".lines").scrollTop = scrollTop;
      await send(".lines", "scroll");
      await click(".log-bar button[aria-pressed]");
      return find(".lines").scrollTop === 2000;
    };
    equal(await isFollowing(2000 - 700), true);
    await advance(999);
    equal(state.requests.length, 1);
    await advance(1);
    deepEqual(texts(".lines .line"), ["one\n", "two\n"]);
    const asked = { wsid: "w", part: "log", step: STEP, cache: "no-store" };
    deepEqual(state.requests, [{ ...asked, from: "-1" }, { ...asked, from: "4" }]);
    deepEqual(texts(".nodes li"), ["aCompleted0.1 s", "bWaiting"]);
    match(
      outline(".log-bar a"),
      /^a\.quiet\[download=load-rides-0-std_log\.txt\]\[href=http:\/\/127\.0\.0\.1:8000\/runs\/one\?wsid=w&part=download&step=load_rides_0&file=user_logs%2Fstd_log\.txt\] "Download"\n$/,
    );
    equal(await isFollowing(1251), false);
    equal(await isFollowing(1252), true);
  }, {
    endedAt: undefined,
    status: "Running",
    nodes: ["a", "b"],
    nodeRuns: [{ name: "a", status: "Running" }],
  }));

Deno.test("live log reports missing lines and a lost server", async () => {
  await withLiveLog([{ text: "x\n", skippedBytes: 2000 }], (page) => {
    deepEqual(page.texts(".log-bar > span:not(.find)"), ["2.0 KiB left out"]);
    deepEqual(shownLines(page), ["0  line: x\n"]);
  });
  await withLiveLog(
    [{ file: undefined, files: [] }],
    ({ texts }) => equal(texts(".panel .body section > .dim")[0], "No logs."),
  );
  await withLiveLog([{ file: undefined, files: [] }, { text: "x\n" }], async ({ state, advance, texts }) => {
    await advance(1000);
    deepEqual([state.requests[1]!.from, texts(".line")], ["-1", ["x\n"]]);
  });
  await withLiveLog(["It is gone.\n", { text: "back\n" }], async ({ texts, advance }) => {
    equal(texts(".panel .body section > .dim")[0], "Cannot read the log: It is gone.");
    await advance(1000);
    deepEqual(texts(".lines .line"), ["back\n"]);
  });
  await withLiveLog(
    [""],
    ({ texts }) =>
      equal(texts(".panel .body section > .dim")[0], "Cannot read the log: The server answered 500"),
  );
});

Deno.test("live log keeps its step and file when it is requested again", () =>
  withLiveLog([
    { text: "a\n", files: ["a.txt", "b.txt"], file: "a.txt" },
    { text: "b\n", files: ["a.txt", "b.txt"], file: "b.txt" },
    { text: "c\n" },
  ], async ({ texts, enter, state, click }) => {
    await enter(".log-bar select", "b.txt");
    deepEqual([texts(".line"), state.requests[1]!.file, state.requests[1]!.from], [["b\n"], "b.txt", "-1"]);
    await click("tbody button", "join-prices-2");
    deepEqual([texts(".line"), state.requests[2]!.step, state.requests[2]!.file], [
      ["c\n"],
      "join_prices_2",
      undefined,
    ]);
  }));

Deno.test("live log is read until a few seconds after the step's end", () =>
  withLiveLog(
    [{ text: "one\n" }, {}, {}, { text: "end\n" }, {}, {}, {}, {}, {}, {}, {}],
    async ({ advance, state, tell, texts }) => {
      await tell("visibilitychange", false);
      await advance(5000);
      equal(state.requests.length, 1);
      await tell("visibilitychange", true);
      await advance(60_000);
      deepEqual([state.requests.length, texts(".lines .line")], [5, ["one\n", "end\n"]]);
    },
    {},
  ));

Deno.test("saved log is named after its step", () =>
  withLog({ name: "user_logs/std log.txt", text: "one\n\ud800" }, ({ find }) => {
    const { download, href } = find(".log-bar a") as HTMLAnchorElement;
    deepEqual([download, href], [
      "load-rides-0-std_log.txt",
      "data:text/plain;charset=utf-8,one%0A%EF%BF%BD",
    ]);
  }));
