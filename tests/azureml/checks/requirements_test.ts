import { deepEqual, equal, match } from "node:assert/strict";
import {
  azureEnvironment,
  closureOf,
  isPlainImage,
  provides,
  readEnvironmentFiles,
} from "../../../src/azureml/checks/job_environment.ts";
import {
  allows,
  isCapped,
  isPipRequirement,
  parseCondaRequirement,
  parseRequirement,
  readCondaFile,
} from "../../../src/azureml/checks/requirements.ts";
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

Deno.test("parseRequirement() omits packages of other systems and Python versions", () => {
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

Deno.test("parseCondaRequirement() converts conda's versions to those of pip", () => {
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

Deno.test("parseCondaRequirement() returns pip's names for packages", () => {
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

Deno.test("readEnvironmentFiles() finds the definition by the environment's name", async () => {
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
  match((await environment(files, "other:1"))!.doubt!, /no file of the project says what is in it/);
  const numbered = { ...files, "environment/environment.yml": `${DEFINITION}version: 3\n` };
  deepEqual((await environment(numbered, "shop-env:3"))!.doubt, undefined);
  match((await environment(numbered, "shop-env:4"))!.doubt!, /the project defines version 3 of it/);
});

const packages = (...texts: string[]) => ({
  requirements: texts.map((text) => parseRequirement(text, PLACE)!),
});

Deno.test("provides() finds modules of installed packages", () => {
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

Deno.test("closureOf() lists unknown packages", () => {
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

const NO_DEFINITION = "no file of the project says what is in it";

Deno.test("readEnvironmentFiles() falls back to requirements files", async () => {
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

Deno.test("readEnvironmentFiles() reads dynamic dependencies of setuptools", async () => {
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
  Deno.test(`azureEnvironment() ${doubt ? "does not know all packages" : "lists the packages"} of ${doubt?.split(" ").slice(0, 2).join(" ") ?? image ?? "a conda file"}`, async () => {
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

Deno.test("readEnvironmentFiles() skips comments, hashes and options in requirements files", async () => {
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
  Deno.test(`readEnvironmentFiles() does not know the packages of ${what} in a conda file`, async () => {
    const files = {
      "environment/environment.yml": DEFINITION,
      "environment/conda.yml": `dependencies:\n  - pip:\n    - pandas\n    - ${line}\n`,
    };
    const found = (await packagesIn(files))!;
    deepEqual(found.names, ["pandas"]);
    match(found.doubt!, doubt);
  });
}

Deno.test("readEnvironmentFiles() searches two folders deep", async () => {
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

Deno.test("isPlainImage() rejects images that may have packages of projects", () => {
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

const INSTALLED = String.raw`
  # c
  a
  A.b_c-d
  a[]
  a[x, y] (>=2,<3)
  a >= 2 , < 3
  a>=2,
  a~=1.2 # c
  a==1.*
  a==v1!2.0.post1+cpu
  a===any-thing@x,y
  a>=1.0a1,!=1.5
  a>=${"${V}"}
  a==1.0-1
  a>=2.*
  a>=
  a; sys_platform == 'linux'
  a==1;python_version>='3'
  a @ https://h/a.whl
  a@ file:///a
  -r a.txt
  --index-url https://h
  -e .
  file:lib
  .[x]
  ./a
  C:\a
  git+https://h/a@main#egg=a
  a-1.0-py3-none-any.whl
  a-1.0.tar.gz
  a-1.0.zip[x]
  a==1 --hash=sha256:ab
  a==1 --config-settings x=y`;
const REFUSED = 'a=>2|a=<2|a=2|a 2|a~2|a^2|a>2 <3|a>=2,,<3|a==|a > = 2|a[x|a:2|"a"|a>=2,3|a (>=2';

Deno.test("isPipRequirement() rejects lines that pip cannot install", () => {
  deepEqual(INSTALLED.split("\n").filter((line) => !isPipRequirement(line.trim())), []);
  deepEqual(REFUSED.split("|").filter(isPipRequirement), []);
});

Deno.test("readCondaFile() names the lines refused by pip", async () => {
  const text = (lines: string) =>
    `dependencies:\n  - python=3.11\n  - numpy=>1\n  - pip:\n      - 'scipy=2'\n  - pip\n${lines}`;
  const { fs } = fakeContext({
    files: { "/p/env.yml": text('      - "pandas=>2"\n      - rich\n  - pip:\n      - seaborn: 1\n') },
  });
  const { requirements, refused } = (await readCondaFile({ fs, root: "/p" }, "env.yml"))!;
  deepEqual(requirements.map(({ name }) => name), ["numpy", "scipy", "pandas", "rich"]);
  deepEqual(refused!.map(({ hint, place: { line } }) => `${line}: ${hint}`), [
    "10: Write a name and versions, such as `pandas>=2,<3`",
    "6: Write `- pip:`",
    "5: Write `scipy==2`",
    "6: Write `pandas>=2`",
  ]);
});
