import { makeWorld, type WorldOptions } from "../world.ts";
import { GOLDEN_WORKSPACE, SERVICE_PRINCIPAL } from "../../fakes/seed.ts";

const EMPTY = {
  seed: {
    ...SERVICE_PRINCIPAL,
    workspaces: [GOLDEN_WORKSPACE],
    computes: [],
    environments: [],
    dataOnDemand: false,
  },
};

/** A conda file with what steps need. */
export const CONDA = `dependencies:
  - python=3.11
  - pip:
      - kedro~=1.0
      - kedro-azureml-pipeline==0.1.0
      - kedro-datasets[pandas-csvdataset,json-jsondataset]
`;

/** A project (default: `tiny`) with the definition of its environment, and a workspace that has nothing. */
export function emptyWorkspace(
  options: Pick<WorldOptions, "answers" | "signal" | "project"> = {},
) {
  const world = makeWorld({
    emulator: EMPTY,
    hasLocalData: true,
    interactive: options.answers !== undefined,
    ...options,
  });
  const write = (path: string, text: string) => world.ctx.fs.writeText(`${world.ctx.cwd}/${path}`, text);
  return {
    ...world,
    async prepare() {
      await write("environment/environment.yml", "name: kedro-env\nimage: img:1\nconda_file: conda.yml\n");
      await write("environment/conda.yml", CONDA);
    },
    catalog: () => world.ctx.fs.readText(`${world.ctx.cwd}/conf/base/catalog.yml`),
  };
}
