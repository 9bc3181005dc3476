"""Writes src/kedro/known_packages.txt: which packages provide an import, and what packages bring with them.

    python scripts/known/packages.py

pip resolves the packages in GROUPS without installing them, and downloads pipreqs for its table of import names. Needs
`packaging`. The list is a sample: where a project requires another package, checks are less certain.
"""

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from packaging.requirements import Requirement

OUTPUT = Path(__file__).parents[2] / "src/kedro/known_packages.txt"
PIPREQS = "pipreqs==0.5.0"

# Packages that Kedro projects often require; each group is resolved at once.
GROUPS = (
    "kedro==1.7.0 kedro-azureml-pipeline==0.1.0 kedro-datasets==9.6.0 azureml-mlflow",
    "kedro-mlflow mlflow",
    "kedro-viz",
    "pandas numpy scipy scikit-learn statsmodels seaborn matplotlib plotly altair shap xgboost lightgbm catboost optuna",
    "torch torchvision pytorch-lightning transformers datasets sentence-transformers",
    "tensorflow keras",
    "polars duckdb ibis-framework pyspark delta-spark deltalake dask fsspec adlfs s3fs gcsfs pyarrow",
    "requests httpx openai boto3 sqlalchemy pyodbc psycopg2-binary pymysql redis google-cloud-bigquery google-cloud-storage",
    "azure-identity azure-storage-blob azure-keyvault-secrets azure-storage-file-datalake azure-cosmos",
    "tqdm joblib pyyaml jinja2 pillow openpyxl xlsxwriter lxml beautifulsoup4 click rich typer loguru python-dotenv",
    "geopandas shapely networkx nltk spacy gensim umap-learn hdbscan imbalanced-learn category-encoders",
    "prophet sktime darts pmdarima",
    "pandera great-expectations pydantic pydantic-settings cloudpickle omegaconf hydra-core",
    "opencv-python-headless opencv-python scikit-image imageio numba h5py tables xarray netcdf4 rasterio",
    "langchain langchain-openai langchain-community snowflake-snowpark-python snowflake-connector-python pandas-gbq",
    "fastapi uvicorn streamlit dash flask ipython jupyterlab notebook ipykernel",
)

# Where the table of pipreqs is old, wrong, or has one name of several. Dotted names win over shorter ones.
IMPORTS = {
    "PIL": "pillow pillow-simd",
    "cv2": "opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless",
    "sklearn": "scikit-learn",
    "skimage": "scikit-image",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "docx": "python-docx",
    "pptx": "python-pptx",
    "fitz": "pymupdf",
    "pymupdf": "pymupdf",
    "jwt": "pyjwt",
    "jose": "python-jose",
    "attr": "attrs",
    "attrs": "attrs",
    "git": "gitpython",
    "Bio": "biopython",
    "Crypto": "pycryptodome",
    "OpenSSL": "pyopenssl",
    "psycopg2": "psycopg2 psycopg2-binary",
    "psycopg": "psycopg psycopg-binary",
    "MySQLdb": "mysqlclient",
    "pymysql": "pymysql",
    "serial": "pyserial",
    "faiss": "faiss-cpu faiss-gpu faiss-gpu-cu12",
    "torch": "torch pytorch",
    "pytorch_lightning": "pytorch-lightning",
    "lightning": "lightning",
    "tensorflow": "tensorflow tensorflow-cpu tensorflow-gpu tf-nightly tensorflow-intel tensorflow-macos",
    "tensorflow_hub": "tensorflow-hub",
    "keras": "keras tensorflow",
    "xgboost": "xgboost xgboost-cpu py-xgboost",
    "umap": "umap-learn",
    "imblearn": "imbalanced-learn",
    "category_encoders": "category-encoders",
    "great_expectations": "great-expectations",
    "hydra": "hydra-core",
    "ibis": "ibis-framework",
    "delta": "delta-spark",
    "docker": "docker",
    "grpc": "grpcio",
    "markdown": "markdown",
    "mpl_toolkits": "matplotlib matplotlib-base",
    "matplotlib": "matplotlib matplotlib-base",
    "pkg_resources": "setuptools",
    "setuptools": "setuptools",
    "plotnine": "plotnine",
    "pyarrow": "pyarrow",
    "pyspark": "pyspark pyspark-client databricks-connect",
    "py4j": "py4j",
    "skopt": "scikit-optimize",
    "slugify": "python-slugify",
    "sentence_transformers": "sentence-transformers",
    "huggingface_hub": "huggingface-hub",
    "snowflake.snowpark": "snowflake-snowpark-python",
    "snowflake.connector": "snowflake-connector-python",
    "snowflake.sqlalchemy": "snowflake-sqlalchemy",
    "sqlalchemy": "sqlalchemy",
    "tables": "tables pytables",
    "netCDF4": "netcdf4",
    "usearch": "usearch",
    "xlrd": "xlrd",
    "xrspatial": "xarray-spatial",
    "zmq": "pyzmq",
    "ruamel": "ruamel-yaml",
    "ruamel.yaml": "ruamel-yaml",
    "win32com": "pywin32",
    "IPython": "ipython",
    "mlflow": "mlflow mlflow-skinny",
    "azure.ai.ml": "azure-ai-ml",
    "azure.core": "azure-core",
    "azure.identity": "azure-identity",
    "azure.storage.blob": "azure-storage-blob",
    "azure.storage.filedatalake": "azure-storage-file-datalake",
    "azure.keyvault.secrets": "azure-keyvault-secrets",
    "azure.cosmos": "azure-cosmos",
    "azure.data.tables": "azure-data-tables",
    "azure.mgmt.resource": "azure-mgmt-resource",
    "azureml.core": "azureml-core",
    "azureml.mlflow": "azureml-mlflow",
    "azureml.fsspec": "azureml-fsspec",
    "azureml.dataprep": "azureml-dataprep",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.storage": "google-cloud-storage",
    "google.cloud.aiplatform": "google-cloud-aiplatform",
    "google.auth": "google-auth",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    "google.generativeai": "google-generativeai",
    "kedro_datasets": "kedro-datasets",
    "kedro_datasets_experimental": "kedro-datasets",
    "kedro_mlflow": "kedro-mlflow",
    "kedro_viz": "kedro-viz",
    "kedro_azureml": "kedro-azureml",
    "kedro_azureml_pipeline": "kedro-azureml-pipeline",
}
# Their packages are known one by one, or not at all.
NAMESPACES = {"azure", "azureml", "google", "snowflake", "ruamel", "zope", "sphinxcontrib", "backports"}

# What other versions of a package require, too.
ALSO = {"pandas": "pytz tzdata six", "pyarrow": "numpy", "azure-ai-ml": "msrest requests", "scikit-learn": "setuptools"}

# Modules of the standard library that a version of Python removed (docs.python.org, "What's New").
REMOVED = {
    "3.12": "asynchat asyncore distutils imp smtpd",
    "3.13": "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd"
    " sunau telnetlib uu xdrlib",
}
ADDED = {"3.14": "annotationlib compression"}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve():
    """Metadata of all packages in GROUPS and what they require, by name."""
    found = {}
    for group in GROUPS:
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "-q", "--report", "-"]
        done = subprocess.run([*command, *group.split()], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{group}\n{done.stderr}")
        for item in json.loads(done.stdout)["install"]:
            found.setdefault(normal(item["metadata"]["name"]), item["metadata"])
    return found


def requirements(metadata):
    """What a package always requires on Linux with a Python that the plugin supports, and what its extras add."""
    always, extras = set(), set()
    for line in metadata.get("requires_dist", ()):
        one = Requirement(line)
        environments = [
            {"python_version": version, "python_full_version": f"{version}.1", "sys_platform": "linux", "extra": ""}
            | {"platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"}
            for version in ("3.11", "3.12", "3.13")
        ]
        if one.marker is None or any(one.marker.evaluate(each) for each in environments):
            always.add(normal(one.name))
        elif "extra" in line:
            extras.add(normal(one.name))
    return always, extras - always


def import_names():
    """The packages of an import name, by name: the table of pipreqs, with IMPORTS over it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, PIPREQS]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as archive:
            table = archive.read("pipreqs/mapping").decode()
    found = {}
    for line in table.splitlines():
        name, _, package = line.partition(":")
        if normal(name) != normal(package) and name not in NAMESPACES and _are_alike(name, package):
            found[name] = normal(package)
    return {**found, **IMPORTS}


def _are_alike(name, package):
    """Whether a name is its package's but for `python` or `django`: others are words that projects use, too."""
    one, other = (re.sub(r"[^a-z0-9]|python|django|^py|py$", "", each.lower()) for each in (name, package))
    return one == other != ""


def main():
    found = resolve()
    text = [
        "# Made by scripts/known/packages.py; do not edit. import NAME PACKAGES: packages that provide a module.",
        "# package NAME REQUIREMENTS REQUIREMENTS_OF_EXTRAS. stdlib MODULES: + since, - until a version of Python.",
        "namespaces " + " ".join(sorted(NAMESPACES)),
        "stdlib " + " ".join(sorted(
            set(sys.stdlib_module_names) - {name for names in REMOVED.values() for name in names.split()}
        )),
    ]
    text += [f"stdlib-{version} {names}" for version, names in REMOVED.items()]
    text += [f"stdlib+{version} {names}" for version, names in ADDED.items()]
    text += [f"import {name} {packages}" for name, packages in sorted(import_names().items())]
    for name, metadata in sorted(found.items()):
        always, extras = requirements(metadata)
        always |= set(ALSO.get(name, "").split())
        extras = set() if name == "kedro-datasets" else (extras & found.keys()) - always
        text.append(" ".join(["package", name, ",".join(sorted(always)) or "-", ",".join(sorted(extras)) or "-"]))
    OUTPUT.write_text("\n".join(text) + "\n")
    print(f"{len(found)} packages, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
