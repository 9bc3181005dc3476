import { deepEqual, equal, match, ok } from "node:assert/strict";
import { firstGraph } from "../../../src/page/graph_model.ts";
import type { PageData, RunView, StepView } from "../../../src/page/view.ts";
import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { type OpenPage, withPage } from "../open_page.ts";
import { simulatedProject, simulatedRun } from "../simulated.ts";

/** A run of some steps, none of which failed, so that none is open. */
function runOf(count: number, fieldsOf: (at: number) => Partial<StepView> = () => ({})): PageData {
  const data = simulatedRun(count);
  const view = data.view as RunView;
  const steps = view.steps.map((step, at) => ({ ...step, status: "Completed", ...fieldsOf(at) }));
  return { ...data, view: { ...view, steps, graph: firstGraph(steps) } };
}

/** Where the graph is and how large, as the style of what is drawn says. */
function place({ find }: OpenPage): string {
  return find(".world").style.transform;
}

function scale(page: OpenPage): number {
  return Number(/scale\((.+)\)/.exec(place(page))![1]);
}

async function press(page: OpenPage, ...keys: readonly string[]): Promise<boolean> {
  let isHandled = false;
  for (const key of keys) isHandled = await page.send(".canvas", "keydown", { key });
  return isHandled;
}

Deno.test("arrow keys move in the graph to the next step", () =>
  withPage(runOf(9), async (page) => {
    const name = async (...keys: readonly string[]) => {
      const isHandled = await press(page, ...keys);
      return [page.find(".node.active").title, isHandled];
    };
    deepEqual(await name(), ["load-rides-0", false]);
    deepEqual(await name("ArrowDown"), ["clean-model-1", true]);
    deepEqual(await name("ArrowLeft"), ["clean-model-1", true]);
    deepEqual(await name("ArrowRight"), ["clean-model-1", true]);
    deepEqual(await name("ArrowUp"), ["load-rides-0", true]);
    deepEqual(await name("End"), ["export-metrics-8", true]);
    deepEqual(await name("Home"), ["load-rides-0", true]);
    deepEqual(await name("x"), ["load-rides-0", false]);
    equal(await page.send(".canvas", "keydown", { key: "ArrowDown", ctrlKey: true }), false);
    equal(page.find(".canvas").getAttribute("aria-activedescendant"), "node-0");
    equal(page.texts(".panel").length, 0);
    equal(await press(page, "Enter"), true);
    deepEqual(page.texts(".panel h2"), ["load-rides-0"]);
    equal(await press(page, "Escape"), true);
    equal(page.texts(".panel").length, 0);
    await press(page, " ");
    deepEqual(page.texts(".panel h2"), ["load-rides-0"]);
  }));

Deno.test("keys and buttons zoom the graph", () =>
  withPage(runOf(60), async (page) => {
    const scales = [scale(page)];
    for (const key of ["+", "=", "-", "-", ...Array(12).fill("-"), "0"]) {
      await press(page, key);
      scales.push(scale(page));
    }
    const fit = scales.pop()!;
    deepEqual(scales.slice(0, 5), [1, 1.25, 1.5625, 1.25, 1]);
    ok(fit < 0.5);
    equal(scales.at(-1), fit, "there is nothing more to see");
    for (
      const [label, factor] of [["Zoom in", 1.25], ["Zoom out", 1], ["Show the whole graph", 1]] as const
    ) {
      await page.click(`[aria-label="${label}"]`);
      equal(scale(page).toFixed(6), (fit * factor).toFixed(6));
    }
  }));

/** By how much the graph is scrolled. */
function scrolled({ find }: OpenPage): readonly number[] {
  const { scrollLeft, scrollTop } = find(".scroller");
  return [Math.round(scrollLeft), Math.round(scrollTop)];
}

Deno.test("mouse drags and zooms the graph", () =>
  withPage(runOf(60), async (page) => {
    const [left, top] = scrolled(page);
    const drag = (fields: object) =>
      page.send(".canvas", "pointermove", {
        pointerId: 1,
        pointerType: "mouse",
        buttons: 1,
        movementX: -30,
        movementY: -20,
        ...fields,
      });
    await drag({ buttons: 0 });
    await drag({ pointerType: "touch" });
    deepEqual([scrolled(page), page.state.captured], [[left, top], undefined]);
    await page.send(".canvas", "pointerdown");
    await drag({});
    deepEqual([scrolled(page), page.state.captured], [[left! + 30, top! + 20], 1]);
    await page.send(".scroller", "scroll");
    const wheel = { deltaX: 0, deltaY: -100, clientX: 540, clientY: 290 };
    equal(await page.send(".scroller", "wheel", wheel), false, "the browser scrolls");
    equal(await page.send(".scroller", "wheel", { ...wheel, ctrlKey: true }), true);
    equal(scale(page), Math.exp(0.5));
    deepEqual(scrolled(page), [
      Math.round((left! + 30 + 500) * Math.exp(0.5) - 500),
      Math.round((top! + 20 + 200) * Math.exp(0.5) - 200),
    ]);
    equal(await page.send(".scroller", "wheel", { ...wheel, deltaY: 100, metaKey: true }), true);
    equal(scale(page).toFixed(6), "1.000000");
  }));

Deno.test("click in the graph opens the step below the pointer", () =>
  withPage(runOf(9), async (page) => {
    const { find, send, texts } = page;
    const [x, y] = [/left: *(\d+)/, /top: *(\d+)/].map((pattern) =>
      Number(pattern.exec(find("[title=clean-model-1]").getAttribute("style")!)![1])
    );
    const [, left, top] = /translate\((.+?)px, (.+?)px\)/.exec(place(page))!.map(Number);
    const at = { clientX: 40 + left! + (x! + 5) * scale(page), clientY: 90 + top! + (y! + 5) * scale(page) };
    await send(".canvas", "click", at);
    deepEqual([texts(".panel h2"), find(".node.active").title], [["clean-model-1"], "clean-model-1"]);
    await send(".canvas", "click", { clientX: 41, clientY: 91 });
    deepEqual([texts(".panel h2"), find(".node.active").title], [[], "clean-model-1"]);
    const move = { pointerId: 1, pointerType: "mouse", buttons: 1, movementY: -2 };
    for (const [movementX, opened] of [[-3, []], [2, ["clean-model-1"]]] as const) {
      await send(".canvas", "pointerdown");
      await send(".canvas", "pointermove", { ...move, movementX });
      await send(".canvas", "click", at);
      deepEqual(texts(".panel h2"), opened);
    }
  }));

Deno.test("graph highlights the neighbors of the open step", () =>
  withPage(runOf(9, (at) => at === 1 ? { nodes: ["a", "b"] } : {}), async (page) => {
    const faded = () => page.texts("g.edges.faded").length;
    const lines = () => page.find("path.edges.own").getAttribute("d")!.match(/M/g)?.length ?? 0;
    deepEqual([faded(), lines()], [0, 0]);
    await press(page, "ArrowDown", "Enter");
    deepEqual(page.texts(".node.near .name"), ["load-rides-0", "train-holidays-4"]);
    deepEqual(page.texts(".node.chosen .details"), ["4.7 s · 2 nodes"]);
    deepEqual([faded(), lines()], [1, 4], "two lines with their arrows");
  }));

Deno.test("graph dims steps outside the filter", () =>
  withPage(runOf(9), async ({ enter, texts }) => {
    await enter(".filter [type=search]", "train");
    deepEqual([texts(".node:not(.dim) .name"), texts(".node.dim").length], [["train-holidays-4"], 8]);
  }));

Deno.test("graph folds and unfolds namespaces", (t) => {
  const data = runOf(12, (at) => ({
    label: at < 8 ? `part_${at % 2}.inner_${at % 4}.step_${at}` : `step_${at}`,
    status: at === 3 ? "Failed" : "Completed",
  }));
  return withPage({ ...data, view: { ...data.view as RunView, selected: "load_rides_0" } }, async (page) => {
    /** The names of all nodes, which are drawn where the whole graph is seen. */
    const names = async () => (await press(page, "0"), page.texts(".node .name"));
    equal((await names()).length, 12);
    await page.click(".toggles button", "Fold all");
    equal((await names()).length, 6);
    await assertTranscript(t, page.outline(".world, .toggles"), import.meta.url);
    await page.enter(".filter [type=search]", "step_3");
    deepEqual(page.texts(".node:not(.dim) .name"), ["part_1"]);
    await page.enter(".filter [type=search]", "");
    await page.click("[aria-label='Close the panel']");
    await press(page, "Home", "Enter");
    equal((await names()).length, 7);
    deepEqual([page.texts(".panel"), page.texts(".boxes button")], [[], ["▾ part_0"]]);
    await page.click(".boxes button");
    equal((await names()).length, 6);
    await page.click(".toggles button", "Unfold all");
    equal((await names()).length, 12);
    deepEqual(page.texts(".boxes button").toSorted(), [
      "▾ inner_0",
      "▾ inner_1",
      "▾ inner_2",
      "▾ inner_3",
      "▾ part_0",
      "▾ part_1",
    ]);
    await page.click(".toggles button", "Fold all");
    await page.enter(".filter [type=search]", "step_3");
    await page.send(".filter [type=search]", "keydown", { key: "Enter" });
    deepEqual(page.texts(".node.chosen .name"), ["step_3"]);
  });
});

Deno.test("graph draws datasets on request", (t) =>
  withPage(simulatedProject(), async (page) => {
    await page.enter(".toggles input", true);
    await assertTranscript(t, page.outline(".world"), import.meta.url);
    await press(page, "End", "Enter");
    deepEqual(page.texts(".panel h2"), ["score"]);
    deepEqual(page.texts(".node.chosen .name"), ["score"]);
  }));

Deno.test("graph of many steps draws text only for visible steps", async () => {
  const statuses = ["Completed", "Failed", "Running", undefined];
  await withPage(runOf(200, (at) => ({ status: statuses[at % 4], needs: [] })), async (page) => {
    const { enter, outline } = page;
    await page.click("[aria-label='Close the panel']");
    await press(page, "0");
    for (const tone of ["completed", "failed", "running", "waiting"]) {
      equal(outline(".world").match(RegExp(`path\\.dots\\.${tone}.*`))![0].match(/M/g)!.length, 50);
    }
    equal(page.texts(".node").length, 1, "only the active one, for screen readers");
    await enter(".filter [type=search]", "rides");
    match(outline(".world"), /path\.dots\.completed\.dim/);
  });
});

Deno.test("graph draws only what is near the window", () =>
  withPage(runOf(200), async (page) => {
    ok(page.find(".canvas").getAttribute("aria-label")!.startsWith("Graph of 200 steps. "));
    ok(page.texts(".node").length < 100);
    page.find(".scroller").scrollTop = 9000;
    await page.send(".scroller", "scroll");
    const { textContent, className } = page.find("#node-0");
    deepEqual([textContent!.startsWith("load-rides-0"), /\bactive\b/.test(className)], [true, true]);
  }));
