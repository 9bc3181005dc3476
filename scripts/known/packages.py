"""Writes the lines of src/kedro/known_packages.txt that say what packages bring with them; the others are kept.

    python scripts/known/packages.py

pip resolves the packages in GROUPS without installing them. Needs `packaging`. The list is a sample: where a project
requires another package, checks are less certain.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement

OUTPUT = Path(__file__).parents[2] / "src/kedro/known_packages.txt"

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

# What other versions of a package require, too.
ALSO = {"pandas": "pytz tzdata six", "pyarrow": "numpy", "azure-ai-ml": "msrest requests", "scikit-learn": "setuptools"}


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


def main():
    found = resolve()
    text = [line for line in OUTPUT.read_text().splitlines() if not line.startswith("package ")]
    for name, metadata in sorted(found.items()):
        always, extras = requirements(metadata)
        always |= set(ALSO.get(name, "").split())
        extras = set() if name == "kedro-datasets" else (extras & found.keys()) - always
        text.append(" ".join(["package", name, ",".join(sorted(always)) or "-", ",".join(sorted(extras)) or "-"]))
    OUTPUT.write_text("\n".join(text) + "\n")
    print(f"{len(found)} packages, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
