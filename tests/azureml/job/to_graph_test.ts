import { equal } from "node:assert/strict";
import { stepsToMermaid, toMermaid } from "../../../src/azureml/job/steps.ts";
import { spec, STEP, stepsSharing } from "../checks/subject.ts";

const ODD = 'a "b" & <c> `d`\n\\e';
const [make, train] = stepsSharing("x@spark", "x@pandas") as [typeof STEP, typeof STEP];
const GROUPED = {
  ...STEP,
  key: "prep",
  node: "prep",
  nodes: [{ name: "load", inputs: [], outputs: ["y"] }, {
    name: "clean",
    inputs: ["y", "y"],
    outputs: ["x@spark"],
  }],
};

Deno.test("toMermaid() escapes special characters", () => {
  equal(
    toMermaid(spec({ steps: [{ ...make, node: ODD }, train] })),
    [
      "flowchart LR",
      '  s0["a #quot;b#quot; #amp; #lt;c> #96;d#96; \\e"]',
      '  s1["train"]',
      '  s0 -->|"x@pandas"| s1',
      "",
    ].join("\n"),
  );
});

Deno.test("toMermaid() draws a box around the nodes of a step", () => {
  const grouped = spec({ job: "main", steps: [GROUPED, train] });
  equal(
    toMermaid(grouped),
    [
      "flowchart LR",
      '  subgraph s0["prep"]',
      '    s0n0["load"]',
      '    s0n1["clean"]',
      "  end",
      '  s1["train"]',
      '  s0n0 -->|"y"| s0n1',
      '  s0n1 -->|"x@pandas"| s1',
      "",
    ].join("\n"),
  );
});

Deno.test("stepsToMermaid() colors steps by status", () => {
  const step = (key: string, status: string, needs: readonly string[] = []) => ({
    key,
    label: `Step ${key}`,
    compute: undefined,
    needs,
    status,
  });
  equal(
    stepsToMermaid([
      step("a", "Completed"),
      step("b", "Failed", ["a", "gone"]),
      step("c", "NotResponding"),
      step("d", "Canceled"),
      step("e", "Running"),
      step("f", "Queued", ["e"]),
    ]),
    [
      "flowchart LR",
      ..."abcdef".split("").map((key, at) => `  s${at}["Step ${key}"]`),
      "  s0 --> s1",
      "  s4 --> s5",
      "  style s0 fill:#dafbe1,stroke:#1a7f37,color:#000",
      "  style s1 fill:#ffebe9,stroke:#cf222e,color:#000",
      "  style s2 fill:#ffebe9,stroke:#cf222e,color:#000",
      "  style s3 fill:#eaeef2,stroke:#57606a,color:#000",
      "  style s4 fill:#ddf4ff,stroke:#0969da,color:#000",
      "",
    ].join("\n"),
  );
});
