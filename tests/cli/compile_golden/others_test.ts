import { PROJECTS, testProjects } from "./cases.ts";

/** Projects that other test files cover. */
const ELSEWHERE = [
  "dockerflow",
  "paramlab",
  "typedparams",
  "disttrain",
  "oddities",
  "fleets",
  "assetlab",
  "layered",
  "layered_soft",
  "rootbase",
  "tiny",
  "broken",
  "cronflow",
];

testProjects(PROJECTS.filter((project) => !ELSEWHERE.includes(project)));
