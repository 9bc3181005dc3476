import { testProjects } from "./cases.ts";

testProjects(["paramlab", "typedparams", "disttrain"]);
