import { testProjects } from "./cases.ts";

testProjects(["layered", "layered_soft", "rootbase", "tiny", "broken", "cronflow"]);
