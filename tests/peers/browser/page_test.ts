import { deepEqual, equal, match, ok } from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { PAGE_ASSETS, writePage } from "../../../src/page/html.ts";
import type { CompareView, JobsView, PageData, PageView, RunView } from "../../../src/page/view.ts";
import { browserTest, type Look, type OpenBrowser } from "./chromium.ts";
import {
  simulatedComparison,
  simulatedJobs,
  simulatedProject,
  simulatedRun,
  simulatedSchedules,
} from "../../page/simulated.ts";

const SHOTS = new URL("../../../.cache/page/shots/", import.meta.url);
const SIZES: readonly (Look & { readonly name: string })[] = [
  { name: "desktop", width: 1280, height: 800 },
  { name: "phone", width: 390, height: 844 },
];
const THEMES = ["light", "dark"] as const;

/** Writes a page to a file, opens it, and removes the file. */
async function openPage(open: OpenBrowser, data: PageData, look: Look = {}, hash = "") {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/page.html`, writePage(data, PAGE_ASSETS).html);
    return await open(`file://${folder}/page.html${hash}`, look);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function takeScreenshot(page: Page, name: string): Promise<void> {
  await Deno.mkdir(SHOTS, { recursive: true });
  await Deno.writeFile(new URL(`${name}.png`, SHOTS), await page.screenshot());
}

/** Returns the serious findings of axe-core with their elements; empty if none. */
async function accessibility(page: Page): Promise<string> {
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })") as axe.AxeResults;
  return found.violations.filter(({ impact }) => impact === "serious" || impact === "critical").flatMap(
    ({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  ).join("\n");
}

function assertNoFindings(found: string, where: string): void {
  ok(found === "", `${where}\n${found}`);
}

/** Returns by how many pixels the page is wider than the window. */
async function overflow(page: Page): Promise<number> {
  return await page.evaluate("document.documentElement.scrollWidth - innerWidth") as number;
}

for (const count of [9, 200, 1000]) {
  browserTest(
    `page with ${count} steps is accessible within the window`,
    async (open) => {
      const data = simulatedRun(count, { isOver: count !== 9 });
      // axe-core takes a minute for 1,000 steps and finds the same as for few.
      const isFull = count === 9;
      for (const look of SIZES) {
        for (const theme of THEMES) {
          const { page, problems, requests } = await openPage(open, data, { ...look, theme });
          for (const tab of ["graph", "steps", "overview", "results"]) {
            await page.click(`#tab-${tab}`);
            await takeScreenshot(page, `${count}-${tab}-${look.name}-${theme}`);
            if (isFull || (tab === "graph" && look.name === "phone")) {
              assertNoFindings(await accessibility(page), `${tab} ${look.name} ${theme}`);
            }
            ok(await overflow(page) <= 0, `${tab} is wider than ${look.name}`);
          }
          await page.click("#tab-steps");
          await page.click(`tbody tr.failed .link`);
          await takeScreenshot(page, `${count}-step-${look.name}-${theme}`);
          if (isFull) assertNoFindings(await accessibility(page), `step ${look.name} ${theme}`);
          deepEqual(problems, []);
          deepEqual(requests, []);
          await page.context().close();
        }
      }
    },
  );
}

browserTest("page of pipelines without a run is accessible", async (open) => {
  for (const look of SIZES) {
    const { page, problems } = await openPage(open, simulatedProject(), look);
    for (const tab of ["graph", "steps", "catalog", "parameters"]) {
      await page.click(`#tab-${tab}`);
      await takeScreenshot(page, `project-${tab}-${look.name}`);
      assertNoFindings(await accessibility(page), tab);
      ok(await overflow(page) <= 0, tab);
    }
    equal(await page.locator("text=Waiting").count(), 0);
    await page.selectOption("select", "training");
    await page.click("#tab-graph");
    equal(await page.locator(".node").count(), 3);
    deepEqual(problems, []);
    await page.context().close();
  }
});

const LISTS = { comparison: simulatedComparison, jobs: simulatedJobs, schedules: simulatedSchedules };

for (const [name, data] of Object.entries(LISTS)) {
  browserTest(`page of ${name} is accessible and fits the window`, async (open) => {
    for (const look of SIZES) {
      for (const theme of THEMES) {
        const { page, problems, requests } = await openPage(open, data(), { ...look, theme });
        await takeScreenshot(page, `${name}-${look.name}-${theme}`);
        assertNoFindings(await accessibility(page), `${name} ${look.name} ${theme}`);
        ok(await overflow(page) <= 0, `${name} is wider than ${look.name}`);
        deepEqual([...problems, ...requests], []);
        await page.context().close();
      }
    }
  });
}

const MARKUP = `</script><script>globalThis.taken=1</script><img src=x onerror=globalThis.taken=2>{{x}}\${y}`;

browserTest("page shows markup in names, logs and errors as text", async (open) => {
  const data = simulatedRun(9, { isOver: true });
  const view = data.view as RunView;
  const steps = view.steps.map((step) => ({
    ...step,
    label: MARKUP,
    status: step.status,
    compute: MARKUP,
    command: MARKUP,
    variables: [[MARKUP, MARKUP] as const],
    failure: { message: MARKUP, hint: `\`${MARKUP}\`` },
    logs: [{
      name: MARKUP,
      text: `\x1b[31m${MARKUP}\x1b[0m\n\x1b]8;;javascript:globalThis.taken=3\x1b\\link\x1b]8;;\x1b\\\n`,
    }],
  }));
  const hostile: RunView = {
    ...view,
    name: MARKUP,
    displayName: MARKUP,
    experiment: MARKUP,
    studioUrl: "javascript:globalThis.taken=4",
    notices: [MARKUP],
    steps,
    compared: {
      runs: [{ name: MARKUP, status: MARKUP }, { name: MARKUP, status: MARKUP }],
      changes: [{ aspect: MARKUP, name: MARKUP, values: [MARKUP, `${MARKUP}2`] }],
      metrics: [],
      steps: [],
    },
  };
  const { page, problems } = await openPage(open, { ...data, title: MARKUP, view: hostile });
  equal(await page.textContent("h1"), MARKUP);
  equal(await page.title(), MARKUP);
  for (const tab of ["overview", "changes", "steps"]) await page.click(`#tab-${tab}`);
  await page.locator("tbody .link").first().click();
  equal(await page.locator(".line").first().textContent(), `${MARKUP}\n`);
  equal(await page.locator(".line span[style]").first().textContent(), MARKUP);
  equal(await page.locator(".line").nth(1).textContent(), "link\n");
  equal(await page.locator('a[href^="javascript"]').count(), 0);
  equal(await page.evaluate("globalThis.taken"), undefined);
  deepEqual(problems, []);
});

/** Text that turns around, ends lines, is very long, or cannot be seen. */
const STRANGE = {
  "right-to-left": "a\u202Eexe.gpj\u2066\u202C",
  "control-character": "a\0\x07\x1b[2J\x08\u2028b",
  long: "x".repeat(5000),
  "combining-character": `z${"\u0337\u0338".repeat(200)}`,
  empty: "",
};

for (const [kind, text] of Object.entries(STRANGE)) {
  browserTest(`each view fits the window with ${kind} names`, async (open) => {
    const run = simulatedRun(9, { isOver: true });
    const view = run.view as RunView;
    const steps = view.steps.map((step, at) => ({
      ...step,
      label: `${text}${at}`,
      compute: text,
      inputs: [{ name: text, type: text, value: text }],
      outputs: [{ name: text, type: text, value: text }],
      places: { [text]: text },
      tags: [text],
      source: text,
      code: text,
      facts: [[text, text] as const],
      tracked: [{
        metrics: [{ name: text, value: 1 }],
        params: [[text, text]] as const,
        files: [{ path: `${text}.csv`, sizeBytes: 1, text: `${text},b\n${text},1\n` }],
      }],
    }));
    const comparison = simulatedComparison().view as CompareView;
    const jobs = simulatedJobs().view as JobsView;
    const pages: Record<string, PageView> = {
      run: { ...view, name: text, job: text || "main", experiment: text, notices: [text], steps },
      comparison: {
        ...comparison,
        runs: comparison.runs.map((one) => ({ ...one, name: text, job: text })),
        changes: [{ aspect: text, name: text, steps: [text], values: [text, `${text}2`, null] }],
        files: [text],
        configuration: [{ file: text, key: text, values: [text, null, text] }],
        metrics: [{ step: text, metric: text, values: [1, 2, null] }],
      },
      jobs: { ...jobs, jobs: jobs.jobs.map((one) => ({ ...one, displayName: text, createdBy: text })) },
    };
    for (const [name, view] of Object.entries(pages)) {
      for (const look of SIZES) {
        const { page, problems } = await openPage(open, { ...run, view }, look);
        const tabs = name === "run" ? ["graph", "overview", "results", "steps"] : [];
        for (const tab of tabs) {
          await page.click(`#tab-${tab}`);
          ok(await overflow(page) <= 0, `${name} ${tab} is wider than ${look.name}`);
        }
        if (tabs.length > 0 && await page.locator(".panel").count() === 0) {
          await page.locator("tbody .link").first().click({ force: true });
        }
        await takeScreenshot(page, `${kind}-${name}-${look.name}`);
        ok(await overflow(page) <= 0, `${name} is wider than ${look.name}`);
        equal(await page.evaluate("document.getElementById('page').innerHTML.includes('\\u202e')"), false);
        deepEqual(problems, []);
        await page.context().close();
      }
    }
  });
}

browserTest("page can be used by keyboard in the graph, step details and tabs", async (open) => {
  const { page } = await openPage(open, simulatedRun(9));
  await page.focus("#tab-graph");
  await page.keyboard.press("Tab");
  equal(await page.evaluate("document.activeElement.type"), "search");
  await page.keyboard.press("Tab");
  equal(await page.evaluate("document.activeElement.type"), "checkbox");
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate("document.activeElement.className");
  equal(await focused(), "canvas");
  const active = () => page.locator(".node.active").getAttribute("title");
  equal(await active(), "evaluate-stations-5", "the step that failed is first");
  await page.keyboard.press("ArrowDown");
  const below = await active();
  ok(below !== "evaluate-stations-5");
  await takeScreenshot(page, "9-graph-keyboard");
  await page.keyboard.press("Enter");
  equal(await page.textContent(".panel h2"), below);
  // The page moves the focus after it has drawn the panel.
  await page.locator(".panel h2:focus").waitFor();
  match(page.url(), /step=/);
  await page.keyboard.press("Escape");
  equal(await page.locator(".panel").count(), 0);
  equal(await focused(), "canvas");
  await page.keyboard.press("Alt+ArrowDown");
  equal(await active(), below, "with Alt, a key belongs to the browser");
  await page.focus("#tab-graph");
  await page.keyboard.press("Control+ArrowRight");
  equal(await page.evaluate("document.activeElement.id"), "tab-graph");
  await page.keyboard.press("ArrowRight");
  equal(await page.evaluate("document.activeElement.id"), "tab-steps");
  equal(await page.locator('[role="tab"][aria-selected="true"]').textContent(), "Steps9");
});

browserTest(
  "page of a failed run opens at the end of the failed step's log",
  async (open) => {
    const data = simulatedRun(9, { isOver: true });
    const view = data.view as RunView;
    const long = Array.from({ length: 3000 }, (_, at) => `line ${at + 1} of the log\n`).join("");
    const steps = view.steps.map((step) =>
      step.status === "Failed"
        ? { ...step, logs: [{ name: "user_logs/std_log.txt", text: `${long}ValueError: NaN\n` }] }
        : step
    );
    const { page, problems } = await openPage(open, { ...data, view: { ...view, job: "main", steps } });
    equal(await page.textContent("h1"), "main");
    equal(await page.textContent(".panel h2"), "evaluate-stations-5");
    equal(await page.locator(".top .exception").count(), 0, "the panel has it");
    match(await page.textContent(".panel .exception") ?? "", /^ValueError: Input X contains NaN/);
    const atEnd = "(() => { const box = document.querySelector('.lines'); " +
      "return box.scrollHeight - box.scrollTop - box.clientHeight; })()";
    ok(await page.evaluate(atEnd) as number < 50, "the log is at its end");
    await page.fill(".find input", "line 1234 ");
    await page.locator(".line.hit.now").waitFor();
    equal(await page.getAttribute(".line.hit.now", "data-line"), "1234");
    equal(await page.textContent(".find [role=status]"), "1 of 1");
    await page.click("[aria-label='Full screen']");
    await takeScreenshot(page, "9-log-full");
    await page.locator(".log.full .lines").press("Escape");
    equal(await page.locator(".log.full").count(), 0);
    equal(await page.locator(".panel").count(), 1, "only the log is closed");
    const [saved] = await Promise.all([page.waitForEvent("download"), page.click("text=Download")]);
    equal(saved.suggestedFilename(), "evaluate-stations-5-std_log.txt");
    await page.click('[aria-label="Close the panel"]');
    match(await page.textContent(".top .exception") ?? "", /^ValueError/);
    await page.click("text=Show the step");
    equal(await page.textContent(".panel h2"), "evaluate-stations-5");
    deepEqual(problems, []);
  },
);

browserTest("printed page has steps with their bars and the log of the failed step", async (open) => {
  const { page } = await openPage(open, simulatedRun(9, { isOver: true }));
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  await page.emulateMedia({ media: "print" });
  await page.locator(".printed tbody").first().waitFor();
  equal(await page.locator(".printed table.steps tbody tr").count(), 9);
  ok(await page.locator(".printed .bar.failed").isVisible());
  match(await page.textContent(".printed > div > pre") ?? "", /Running node/);
  equal(await page.locator(".panel").isVisible(), false);
  await page.screenshot({ path: new URL("9-print.png", SHOTS).pathname, fullPage: true });
});

browserTest("page with 1,000 steps draws only the visible steps", async (open) => {
  const { page } = await openPage(open, simulatedRun(1000, { isOver: true }));
  const drawn = () => page.locator(".node").count();
  ok(await drawn() < 100, `${await drawn()} steps are drawn`);
  const first = await page.locator(".node").first().getAttribute("id");
  await page.mouse.move(600, 600);
  for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(-20, -150);
  await page.locator(`.world > .node:not(#${first})`).first().waitFor({ state: "attached" });
  ok(await drawn() < 150, `${await drawn()} steps are drawn`);
  await page.click('[aria-label="Show the whole graph"]');
  await page.locator("path.dots.completed").first().waitFor({ state: "attached" });
  equal(await drawn(), 1);
  ok(await page.locator("path.dots.completed").count() > 0);
  await takeScreenshot(page, "1000-whole");
});
