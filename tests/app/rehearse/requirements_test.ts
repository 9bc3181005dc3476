import assert from "node:assert/strict";
import { resolve } from "node:path";
import { stepRequirements } from "../../../src/app/rehearse/python.ts";
import { findProject } from "../../../src/kedro/project.ts";
import { fakeContext } from "../../fakes/context.ts";

const PYPROJECT = `[project]
dependencies = ["pandas~=2.2"]
requires-python = ">=3.12"
[tool.kedro]
package_name = "shop"
project_name = "Shop"
kedro_init_version = "1.7.0"
`;

const CONDA = `dependencies:
  - python=3.11.9
  - libgomp=13
  - pip
  - pip:
      - kedro~=1.7
      - "pandas[excel]"
`;

/** Returns the requirements of the steps of a project with these files. */
async function requirementsOf(files: Record<string, string>, file?: string) {
  const all = { "pyproject.toml": PYPROJECT, "src/shop/__init__.py": "", ...files };
  const ctx = fakeContext({
    files: Object.fromEntries(Object.entries(all).map(([path, text]) => [`/project/${path}`, text])),
  });
  const project = await findProject(ctx, "/project");
  const { root: _, ...wanted } = await stepRequirements({ ...ctx, report() {} }, project, file);
  return wanted;
}

Deno.test("rehearse installs the pip packages of environment/conda.yml", async () => {
  assert.deepEqual(await requirementsOf({ "environment/conda.yml": CONDA, "requirements.txt": "numpy" }), {
    from: "environment/conda.yml",
    python: "3.11",
    lines: ["kedro~=1.7", "pandas[excel]"],
    skipped: ["libgomp=13"],
  });
});

for (
  const [dependency, version] of [
    ["python", undefined],
    ["python>=3.10", undefined],
    ["python=3.12.*", "3.12"],
  ] as const
) {
  Deno.test(`conda dependency ${dependency} asks for Python ${version}`, async () => {
    const conda = `dependencies: ["${dependency}", pip: ]\n`;
    const { from: _, ...wanted } = await requirementsOf({ "environment/conda.yml": conda });
    assert.deepEqual(wanted, { ...(version && { python: version }), lines: [], skipped: [] });
  });
}

for (const line of ["-r requirements.txt", "./lib"]) {
  Deno.test(`rehearse rejects a conda file with ${line}`, async () => {
    const conda = `dependencies:\n  - pip:\n      - kedro\n      - ${line}\n`;
    await assert.rejects(requirementsOf({ "environment/conda.yml": conda }), {
      code: "environment.definition",
      message: `environment/conda.yml installs "${line}", but this file is the only one that Azure ML gets`,
      place: { file: "environment/conda.yml", line: 4, column: 9 },
    });
    await assert.rejects(requirementsOf({ "mine.yml": conda }, "mine.yml"), {
      message: `/project/mine.yml installs "${line}", but this file is the only one that Azure ML gets`,
    });
  });
}

Deno.test("rehearse without a conda file installs the project's requirements", async () => {
  const { from, python, lines } = await requirementsOf({ "requirements.txt": "numpy>=2\n" });
  assert.deepEqual([from, python], ["the project's requirements", "3.12"]);
  assert.deepEqual(lines, ["kedro~=1.2", "kedro-azureml-pipeline==0.1.0", "pandas~=2.2", "numpy>=2"]);
});

Deno.test("rehearse adds the packages for MLflow", async () => {
  const { lines } = await requirementsOf({ "requirements.txt": "mlflow-skinny>=3\n" });
  assert.deepEqual(lines.slice(-4), ["mlflow-skinny>=3", "azureml-mlflow>=1.62", "sqlalchemy", "alembic"]);
  const whole = await requirementsOf({ "requirements.txt": "mlflow>=3\n" });
  assert.deepEqual(whole.lines.slice(-2), ["mlflow>=3", "azureml-mlflow>=1.62"]);
});

for (
  const [pip, more] of [
    ["[mlflow-skinny]", true],
    ["[kedro-mlflow, azureml-mlflow]", false],
  ] as const
) {
  Deno.test(`rehearse adds ${more ? "" : "no "}database packages to ${pip}`, async () => {
    const { lines } = await requirementsOf({ "environment/conda.yml": `dependencies: [{pip: ${pip}}]\n` });
    assert.deepEqual(lines.slice(-2).join() === "sqlalchemy,alembic", more);
  });
}

Deno.test("--requirements takes precedence over environment/conda.yml", async () => {
  const files = {
    "environment/conda.yml": CONDA,
    "steps.txt": "kedro==1.7.0\n",
    "all.txt": "-r steps.txt\n",
  };
  assert.deepEqual(await requirementsOf(files, "steps.txt"), {
    from: "steps.txt",
    lines: ["kedro==1.7.0", ""],
    skipped: [],
  });
  assert.deepEqual(await requirementsOf(files, "all.txt"), {
    from: "all.txt",
    lines: [`-r ${resolve("/project/all.txt")}`],
    mayChange: "-r steps.txt\n",
    skipped: [],
  });
  for (const name of ["steps.yaml", "STEPS.YML"]) {
    assert.deepEqual(await requirementsOf({ ...files, [name]: CONDA }, name), {
      from: name,
      python: "3.11",
      lines: ["kedro~=1.7", "pandas[excel]"],
      skipped: ["libgomp=13"],
    });
  }
});

Deno.test("rehearse --requirements with a missing file is an error", async () => {
  const unreadable = (file: string, what: string) => ({
    code: "rehearse.requirements",
    exit: 2,
    message: `Cannot read requirements from "${resolve("/project", file)}": ${what}`,
    hint:
      "Use `--requirements` with a requirements.txt or a conda.yml, or `--venv DIR` with an environment of yours",
    place: { file: resolve("/project", file) },
  });
  await assert.rejects(requirementsOf({}, "no.txt"), unreadable("no.txt", "file not found"));
  for (const text of ["name: x\n", "", "dependencies: kedro\n"]) {
    const files = { "x.yml": text };
    await assert.rejects(
      requirementsOf(files, "x.yml"),
      unreadable("x.yml", "it has no list `dependencies`"),
    );
  }
});

Deno.test("rehearse passes requirements with local paths to pip unchanged", async () => {
  const options = [
    "-r base.txt",
    "-c limits.txt",
    "--constraint limits.txt",
    "-e .",
    "--editable=./lib",
    "./lib",
  ];
  for (const line of options) {
    const text = `pandas\n  ${line}\n`;
    const { lines, mayChange } = await requirementsOf(
      { "requirements.txt": text },
      "/project/requirements.txt",
    );
    assert.deepEqual(lines, [`-r ${resolve("/project/requirements.txt")}`], line);
    assert.equal(mayChange, text);
  }
  const remote = "pandas\n-r https://example.com/base.txt\n-e git+https://example.com/a.git\n";
  const { lines, mayChange } = await requirementsOf(
    { "requirements.txt": remote },
    "/project/requirements.txt",
  );
  assert.deepEqual([lines, mayChange], [remote.split("\n"), undefined]);
});
