import { PROJECTS, testProjects } from "./cases.ts";

/** Those that the files beside this one test. */
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
