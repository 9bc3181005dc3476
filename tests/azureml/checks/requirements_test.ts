import { deepEqual, equal, match } from "node:assert/strict";
import { azureEnvironment, readEnvironmentFiles } from "../../../src/azureml/checks/job_environment.ts";
import { closureOf, provides } from "../../../src/azureml/checks/job_environment.ts";
import {
  allows,
  isCapped,
  parseCondaRequirement,
  parsePoetryRequirement,
  parseRequirement,
} from "../../../src/azureml/checks/requirements.ts";
import { isPlainImage } from "../../../src/azureml/checks/job_environment.ts";

import { fakeContext } from "../../fakes/context.ts";

const PLACE = { file: "f", line: 1, column: 1 };

Deno.test("parseRequirement() reads names, extras and versions", () => {
  const parsed = [
    "pandas",
    "Scikit_Learn >= 1.4, <2 ; python_version > '3.8'",
    "kedro-datasets[pandas.CSVDataSet, pickle]~=3.0",
    "acme @ git+https://host/acme.git",
    "rich (>=13,<14)",
  ].map((text) => parseRequirement(text, PLACE)!);
  deepEqual(parsed.map(({ name, extras, versions }) => [name, extras, versions]), [
    ["pandas", [], ""],
    ["scikit-learn", [], ">= 1.4, <2"],
    ["kedro-datasets", ["pandas-csvdataset", "pickle"], "~=3.0"],
    ["acme", [], ""],
    ["rich", [], ">=13,<14"],
  ]);
  deepEqual([allows(parsed[1]!, "1.5.0"), allows(parsed[1]!, "2.0.0"), isCapped(parsed[1]!)], [
    true,
    false,
    true,
  ]);
});

Deno.test("parseRequirement() leaves out what no step installs: they run on Linux with Python 3.11 or newer", () => {
  const isLeftOut = (marker: string) => parseRequirement(`torch==2.1; ${marker}`, PLACE) === undefined;
  for (
    const marker of [
      "sys_platform == 'win32'",
      'python_version >= "3.9" and platform_system != "Linux"',
      "python_version<'3.11'",
      'python_version <= "3.9"',
    ]
  ) equal(isLeftOut(marker), true, marker);
  for (
    const marker of [
      "sys_platform == 'linux'",
      "python_version < '3.12'",
      "python_version <= '3.11'",
      "python_version >= '3.8'",
      "sys_platform == 'win32' or python_version > '3.8'",
      "extra == 'win32'",
    ]
  ) equal(isLeftOut(marker), false, marker);
});

Deno.test("parseCondaRequirement() converts conda's names and versions to those of pip", () => {
  const read = (text: string) => {
    const { name, versions } = parseCondaRequirement(text, PLACE)!;
    return `${name}${versions}`;
  };
  deepEqual(
    [
      ...["numpy=1.26", "conda-forge::pytorch >=2.1", "pandas 1.5.*", "python=3.11.4", "scipy==1.2.3"],
      ...["lxml", "constructor"],
    ].map(read),
    [
      ...["numpy==1.26.*", "torch>=2.1", "pandas==1.5.*", "python==3.11.4.*", "scipy==1.2.3"],
      ...["lxml", "constructor"],
    ],
  );
});

Deno.test("parseCondaRequirement() returns the names of packages that pip names differently", () => {
  const names = {
    ...{ pytorch: "torch", "pytorch-gpu": "torch", "pytorch-cpu": "torch", "matplotlib-base": "matplotlib" },
    ...{ "py-xgboost": "xgboost", "seaborn-base": "seaborn", opencv: "opencv-python" },
    ...{ "py-opencv": "opencv-python", pytables: "tables", "dask-core": "dask", "pyarrow-core": "pyarrow" },
    ...{ faiss: "faiss-cpu", "msgpack-python": "msgpack", "python-graphviz": "graphviz" },
    ...{ "ruamel.yaml": "ruamel-yaml", "Typing_Extensions": "typing-extensions" },
  };
  for (const [conda, pip] of Object.entries(names)) {
    deepEqual(parseCondaRequirement(conda, PLACE), { name: pip, extras: [], versions: "", place: PLACE });
  }
});

Deno.test("parsePoetryRequirement() converts carets and tildes to version ranges", () => {
  const read = (value: unknown) => parsePoetryRequirement("x", value, PLACE).versions;
  equal(read("^1.2, !=1.5, ~1.4"), ">=1.2,<2,!=1.5,>=1.4,<1.5");
  deepEqual(["^1.2.3", "^0.2", "~2.1", "*", { version: "^3", extras: ["a"] }].map(read), [
    ">=1.2.3,<2",
    ">=0.2,<0.3",
    ">=2.1,<2.2",
    "",
    ">=3,<4",
  ]);
});

const environment = async (files: Record<string, string>, name = "shop-env@latest") => {
  const ctx = fakeContext({
    files: Object.fromEntries(Object.entries(files).map(([path, text]) => [`/p/${path}`, text])),
  });
  return (await readEnvironmentFiles(ctx, "/p")).of(name);
};
const DEFINITION =
  "name: shop-env\nimage: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04\nconda_file: conda.yml\n";
const CONDA =
  "dependencies:\n  - python=3.11\n  - pip:\n    - kedro-azureml-pipeline\n    - -r ../requirements.txt\n";

Deno.test("readEnvironmentFiles() reads the definition that has the environment's name", async () => {
  const files = {
    "environment/environment.yml": DEFINITION,
    "environment/conda.yml": CONDA,
    "requirements.txt": "pandas>=2\n# a comment\n--index-url x\n",
  };
  const found = (await environment(files))!;
  equal(found.doubt, undefined);
  equal(found.file, "environment/conda.yml");
  equal(found.python?.version, "3.11");
  deepEqual(found.requirements.map(({ name }) => name), ["kedro-azureml-pipeline", "pandas"]);
  match((await environment(files, "other:1"))!.doubt!, /no file of the project defines it/);
  const numbered = { ...files, "environment/environment.yml": `${DEFINITION}version: 3\n` };
  deepEqual((await environment(numbered, "shop-env:3"))!.doubt, undefined);
  match((await environment(numbered, "shop-env:4"))!.doubt!, /the project defines version 3 of it/);
});

Deno.test("readEnvironmentFiles() reads a Dockerfile and returns a doubt if its base image is not known", async () => {
  const definition = "name: shop-env\nbuild:\n  path: ../docker\n";
  const files = {
    "azure/env.yml": definition,
    "docker/Dockerfile":
      "FROM python:3.11\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt && \\\n    pip install 'polars>=1' -i x\n",
    "docker/requirements.txt": "scikit-learn\n",
  };
  const found = (await environment(files))!;
  deepEqual(found.requirements.map(({ name }) => name), ["scikit-learn", "polars"]);
  equal(found.doubt, undefined);
  const other = { ...files, "docker/Dockerfile": "FROM acme.azurecr.io/base:1\nRUN pip install polars\n" };
  match((await environment(other))!.doubt!, /starts from acme\.azurecr\.io\/base:1/);
  const staged = "FROM python:3.11 AS a\nFROM acme.io/one:1\nFROM acme.io/two:1\n";
  equal(
    (await environment({ ...files, "docker/Dockerfile": staged }))!.doubt,
    "docker/Dockerfile starts from acme.io/one:1",
  );
});

Deno.test("readEnvironmentFiles() finds what a Dockerfile copies in its context, which need not be its own folder", async () => {
  const found = await environment({
    "azure/env.yml": "name: shop-env\nbuild:\n  path: ../app\n  dockerfile_path: docker/Work.Dockerfile\n",
    "app/docker/Work.Dockerfile": "FROM python:3.11\nCOPY needed.txt .\nRUN pip install -r needed.txt\n",
    "app/needed.txt": "polars\n",
  });
  deepEqual(found!.requirements.map(({ name }) => name), ["polars"]);
  equal(found!.doubt, undefined);
});

const packages = (...texts: string[]) => ({
  requirements: texts.map((text) => parseRequirement(text, PLACE)!),
});

Deno.test("provides() finds the modules of packages and of what they require, but not those that an unknown package may bring", () => {
  equal(provides(packages("scikit-learn"), "numpy"), true);
  equal(provides(packages("scikit-learn", "acme-things"), "polars"), false);
  equal(provides(packages("acme-core-py"), "acme_core"), true);
  equal(provides(packages("acme-google-tools"), "google.acme"), false, "many packages share it");
  equal(provides(packages("google-cloud-bigquery"), "google"), true, "each has a part of it");
  equal(provides(packages("acme-google-tools"), "google"), false);
  equal(provides(packages("xarray-spatial"), "xrspatial"), true);
  equal(provides(packages("dask"), "pyarrow"), false);
  equal(provides(packages("dask[dataframe]"), "pyarrow"), true);
  equal(provides(packages("sklearn", "pandas"), "sklearn.cluster"), false);
  equal(provides(packages("kedro-datasets[pandas-csvdataset]"), "pandas"), true);
});

Deno.test("closureOf() lists unknown packages, except installers, which bring no others, and empty extras", () => {
  const unknown = (...texts: string[]) => closureOf(packages(...texts)).unknown;
  deepEqual(unknown("scikit-learn", "acme-b", "acme-a"), ["acme-a", "acme-b"]);
  deepEqual(unknown("scikit-learn", "pip", "setuptools", "wheel", "uv", "sklearn"), []);
  deepEqual(unknown("kedro-datasets[json-jsondataset]"), []);
});

/** The names of the packages of the environment, and why it may have others. */
async function packagesIn(files: Record<string, string>, name?: string) {
  const found = await environment(files, name);
  return found && { names: found.requirements.map(({ name }) => name), doubt: found.doubt, file: found.file };
}

const NO_DEFINITION = "no file of the project defines it";

Deno.test("readEnvironmentFiles() falls back to all of the project's requirements files, in order", async () => {
  const files = {
    "env.yml": "dependencies:\n  - numpy\n",
    "requirements.txt": "pandas\n",
    "src/requirements.txt": "polars\n",
    "pyproject.toml": '[project]\ndependencies = ["rich>=13", "-"]\n',
  };
  deepEqual(await packagesIn(files), {
    names: ["numpy", "pandas", "polars", "rich"],
    doubt: NO_DEFINITION,
    file: "env.yml",
  });
});

Deno.test("readEnvironmentFiles() reads Poetry dependencies except python, and setuptools' dynamic dependencies", async () => {
  const poetry = '[tool.poetry.dependencies]\npython = "^3.11"\npandas = "^2.0"\n';
  deepEqual((await packagesIn({ "pyproject.toml": poetry }))!.names, ["pandas"]);
  const versioned = `[project]\nname = "x"\ndynamic = ["version"]\n${poetry}`;
  deepEqual((await packagesIn({ "pyproject.toml": versioned }))!.names, ["pandas"]);
  const found = (await environment({ "pyproject.toml": poetry }))!;
  deepEqual([found.requirements[0]!.versions, found.requirements[0]!.place.line], [">=2.0,<3", 3]);
  const dynamic = (file: string) =>
    `[project]\nname = "x"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = { file = ${file} }\n`;
  for (const file of ['"a.txt"', '["a.txt", "b.txt"]']) {
    const files = { "pyproject.toml": dynamic(file), "a.txt": "pandas\n", "b.txt": "polars\n" };
    deepEqual((await packagesIn(files))!.names, file.includes("b") ? ["pandas", "polars"] : ["pandas"]);
  }
});

const AZURE_CONDA = "dependencies:\n  - python=3.11\n  - rich>=1\n  - pip:\n    - pandas\n";

for (
  const [image, condaFile, doubt] of [
    [undefined, AZURE_CONDA, undefined],
    ["mcr.microsoft.com/azureml/minimal-ubuntu22.04", AZURE_CONDA, undefined],
    ["acme.io/base:1", AZURE_CONDA, "image acme.io/base:1 may have more"],
    ["acme.io/base:1", `${AZURE_CONDA}    - -e ../x\n`, "environment shop-env:7 installs -e ../x"],
  ] as const
) {
  Deno.test(`azureEnvironment() reads the conda file of ${image ?? "no image"}, and returns ${doubt ? `the doubt that ${doubt}` : "no doubt"}`, async () => {
    const place = { file: "azureml.yml", line: 7 };
    const given = { name: "shop-env:7", image, condaFile, place };
    deepEqual(await azureEnvironment(fakeContext(), "/p", given), {
      requirements: [
        { name: "rich", extras: [], versions: ">=1", place },
        { name: "pandas", extras: [], versions: "", place },
      ],
      python: { version: "3.11", place },
      file: "environment shop-env:7",
      place,
      ...(image !== undefined && { image: { name: image, place } }),
      change: { in: "a new version of environment shop-env:7", then: "" },
      ...(doubt !== undefined && { doubt }),
    });
  });
}

Deno.test("readEnvironmentFiles() skips comments, hashes and options in requirements files, and follows -r", async () => {
  const text = "pandas>=2 \\\r\n  --hash=sha256:aa\n# polars\n--index-url x\nrich # why\n-e .\n" +
    "git+https://host/acme.git#egg=acme\n-r more.txt\n";
  const files = {
    "requirements.txt": text,
    "more.txt": "numpy\n-r requirements.txt\n",
    "pyproject.toml": '[project]\ndependencies = ["click"]\n',
  };
  const found = (await environment(files))!;
  deepEqual(
    found.requirements.map(({ name, versions, place }) => `${name}${versions} ${place.file}:${place.line}`),
    [
      "pandas>=2 requirements.txt:1",
      "rich requirements.txt:5",
      "click pyproject.toml:2",
      "acme requirements.txt:7",
      "numpy more.txt:1",
      "click pyproject.toml:2",
    ],
  );
});

for (
  const [what, line, doubt] of [
    ["a wheel", "dist/acme-1.whl", /conda\.yml installs dist\/acme-1\.whl/],
    ["a folder", "-e ../acme", /conda\.yml installs -e \.\.\/acme/],
    ["a missing file", "-r gone.txt", /environment\/gone\.txt cannot be read/],
    ["a repository", "git+https://host/acme.git", /conda\.yml installs git\+https/],
  ] as const
) {
  Deno.test(`readEnvironmentFiles() returns a doubt for ${what} in a conda file`, async () => {
    const files = {
      "environment/environment.yml": DEFINITION,
      "environment/conda.yml": `dependencies:\n  - pip:\n    - pandas\n    - ${line}\n`,
    };
    const found = (await packagesIn(files))!;
    deepEqual(found.names, ["pandas"]);
    match(found.doubt!, doubt);
  });
}

Deno.test("readEnvironmentFiles() reads each way in which a Dockerfile installs packages", async () => {
  const definition = "name: shop-env\nbuild:\n  path: docker\n  dockerfile_path: Work.Dockerfile\n";
  const files = (lines: string) => ({
    "env.yml": definition,
    "docker/Work.Dockerfile": `FROM --platform=linux/amd64 python:3.11\n${lines}\n`,
    "docker/env/conda.yml": "",
    "docker/conda.yml": "dependencies:\n  - numpy\n",
    "locked.txt": "polars\n",
    "pyproject.toml": '[project]\ndependencies = ["click"]\n',
  });
  const install = async (line: string) => {
    const { names, doubt } = (await packagesIn(files(line)))!;
    return [names, doubt];
  };
  deepEqual(await install("RUN uv sync --frozen"), [["click"], undefined]);
  deepEqual(await install("RUN uv export > x"), [["click"], undefined]);
  deepEqual(await install("RUN pdm install"), [["click"], undefined]);
  deepEqual(await install("RUN poetry install"), [["click"], undefined]);
  deepEqual(await install("RUN pip3 install -c limits.txt 'rich[all]>=1' && rm x"), [["rich"], undefined]);
  deepEqual(await install("RUN pip install -rlocked.txt --quiet ."), [["polars", "click"], undefined]);
  for (const own of ["-e .", "./", "'.[dev,test]'", "--editable ."]) {
    deepEqual(await install(`RUN pip install ${own} rich`), [["click", "rich"], undefined], own);
  }
  deepEqual(await install("RUN pip install -e ../acme rich"), [
    ["rich"],
    "docker/Work.Dockerfile installs -e ../acme",
  ]);
  deepEqual(await install("RUN pip install --requirement=/tmp/locked.txt; echo"), [["polars"], undefined]);
  deepEqual(await install("RUN conda env create -n x -f /tmp/conda.yml"), [["numpy"], undefined]);
  deepEqual(await install("RUN conda env update --file=gone.yml"), [
    [],
    "docker/Work.Dockerfile installs gone.yml",
  ]);
  for (
    const other of [
      "conda install",
      "micromamba install",
      "python3-numpy",
      "uv add",
      "PYTHONPATH",
    ]
  ) {
    deepEqual(await install(`RUN ${other} x`), [[], `docker/Work.Dockerfile uses ${other}`]);
  }
  deepEqual(await install("RUN ./build.sh"), [[], "docker/Work.Dockerfile uses a script"]);
  deepEqual(await install("RUN pip install $MORE"), [[], "docker/Work.Dockerfile installs $MORE"]);
  deepEqual(await install("COPY a b"), [[], undefined]);
  deepEqual(await install("RUN pip install --no-deps --editable=../acme rich"), [
    ["rich"],
    "docker/Work.Dockerfile installs --editable=../acme",
  ]);
  deepEqual(await install("FROM acme.io/base:1"), [[], "docker/Work.Dockerfile starts from acme.io/base:1"]);
  const { requirements } = (await environment(files("RUN pip install \\\n  rich\nRUN pip install click")))!;
  deepEqual(requirements.map(({ name, place }) => `${name} ${place.file}:${place.line}`), [
    "rich docker/Work.Dockerfile:2",
    "click docker/Work.Dockerfile:4",
  ]);
  for (const option of ["--index-url", "--extra-index-url", "--find-links", "--constraint", "-i", "-c"]) {
    deepEqual(await install(`RUN pip install ${option} polars rich`), [["rich"], undefined], option);
  }
  const grouped = (line: string) =>
    packagesIn({
      ...files(line),
      "pyproject.toml":
        '[project]\ndependencies = ["click"]\n[project.optional-dependencies]\nAzure_ML = ["rich"]\n',
    });
  deepEqual((await grouped("RUN pip install .[azure-ml]"))!.names, ["click", "rich"]);
  deepEqual((await grouped("RUN pip install ."))!.doubt, undefined);
  deepEqual((await grouped("RUN uv sync --extra azure-ml"))!.doubt, "pyproject.toml has extras or groups");
  const computed = {
    ...files("RUN pip install ."),
    "pyproject.toml": '[project]\ndynamic = ["dependencies"]\n',
  };
  deepEqual(
    (await packagesIn(computed))!.doubt,
    "the build backend of pyproject.toml computes its dependencies",
  );
  const unlisted = { ...files("RUN uv sync"), "pyproject.toml": "[tool.uv]\n" };
  deepEqual((await packagesIn(unlisted))!.doubt, "docker/Work.Dockerfile installs a lock file");
});

Deno.test("readEnvironmentFiles() searches two folders deep, but skips conf, tests and hidden folders", async () => {
  const names = async (path: string) => {
    const files = { [path]: "name: shop-env\nimage: python:3\nconda_file:\n  dependencies:\n    - numpy\n" };
    return (await packagesIn(files))?.names;
  };
  for (const path of ["my-env.yaml", "docker/x.yml", "azure/a/x.yml", "a/b/conda.yml"]) {
    deepEqual(await names(path), ["numpy"], path);
  }
  const skipped =
    ".hidden conf data src test tests docs notebooks node_modules venv env mlruns logs build dist";
  for (const path of ["x.yml", "a/b/c/conda.yml", ...skipped.split(" ").map((one) => `${one}/env.yml`)]) {
    deepEqual(await names(path), undefined, path);
  }
});

Deno.test("isPlainImage() returns whether an image has Python or conda, but no packages of projects", () => {
  const plain = [
    ...["openmpi4.1.0-ubuntu22.04", "minimal-py311-inference", "base:1", "inference-base-2204"]
      .map((name) => `mcr.microsoft.com/azureml/${name}`),
    ...["python:3.11", "docker.io/library/python", "library/ubuntu", "ubuntu:24.04", "debian", "mambaorg/x"],
    ...["docker.io/continuumio/miniconda3", "condaforge/miniforge3"],
  ];
  for (const image of plain) equal(isPlainImage(image), true, image);
  const other = ["acme.io/python", "mcr.microsoft.com/azureml/curated/x", "continuumio/anaconda3", "pytorch"];
  for (const image of other) equal(isPlainImage(image), false, image);
});
