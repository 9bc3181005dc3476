import { testProjects } from "./cases.ts";

testProjects(["dockerflow"]);
