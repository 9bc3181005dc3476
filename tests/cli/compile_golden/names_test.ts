import { testProjects } from "./cases.ts";

testProjects(["oddities", "fleets", "assetlab"]);
