import { deepEqual } from "node:assert/strict";
import { readJobLink } from "../../../src/app/runs/targets.ts";

const SUBSCRIPTION = "11111111-2222-3333-4444-555555555555";
const ID =
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws`;

Deno.test("job commands accept links to runs and resource IDs", () => {
  const wsid = `/subscriptions/${SUBSCRIPTION}/resourcegroups/rg/workspaces/ws`;
  const workspace = { subscription_id: SUBSCRIPTION, resource_group: "rg", name: "ws" };
  const run = { name: "brave_fox", workspace, tenant: undefined };
  const links = [
    [`https://ml.azure.com/runs/brave_fox?wsid=${wsid}`, run],
    [`https://ml.azure.com/runs/brave_fox?wsid=${wsid}&tid=t-1`, { ...run, tenant: "t-1" }],
    [`https://ml.azure.us/runs/brave_fox?tid=t-1&wsid=${encodeURIComponent(wsid)}`, {
      ...run,
      tenant: "t-1",
    }],
    [`https://ml.azure.com/runs/brave_fox?wsid=${wsid.replace("/rg/", "/r%C3%A4der/")}`, {
      ...run,
      workspace: { ...workspace, resource_group: "räder" },
    }],
    [`http://ml.azure.com/runs/brave_fox?wsid=${wsid.replace("groups", "Groups")}`, run],
    [`${ID}/jobs/brave_fox`, run],
    [`${ID.toUpperCase()}/jobs/100%`, {
      name: "100%",
      workspace: { subscription_id: SUBSCRIPTION, resource_group: "RG", name: "WS" },
      tenant: undefined,
    }],
  ] as const;
  for (const [link, expected] of links) deepEqual(readJobLink(link), expected, link);
  const others = [
    "brave_fox",
    "https://ml.azure.com/runs/brave_fox",
    `https://ml.azure.com/runs/brave_fox?wsid=/subscriptions/${SUBSCRIPTION}`,
    `https://ml.azure.com/experiments/brave_fox?wsid=${wsid}`,
    ID,
    `${ID}/schedules/nightly`,
  ];
  for (const other of others) deepEqual(readJobLink(other), undefined, other);
});
