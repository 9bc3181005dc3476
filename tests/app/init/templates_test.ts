import assert from "node:assert/strict";
import { amlignore } from "../../../src/app/init/templates.ts";
import { parseIgnoreFile } from "../../../src/azureml/job/code/ignore.ts";

Deno.test(".amlignore of init excludes nothing needed by steps", () => {
  const gitignore = "# Local\nprivate/\r\ndata/**\nconf/local/**\n!/conf/base/\n**/conf/dev/\n*.secret\n\n";
  const conf = { conf: "conf", needed: ["conf/base/azureml.yml", "conf/local/.gitkeep"] };
  const text = amlignore(gitignore, conf);
  assert.match(text, /\.DS_Store\n\n# From \.gitignore\.\nprivate\/\nconf\/local\/\*\*\n[^]*\*\.secret\n/);
  assert.match(text, /\n\n# Steps need these all the same\.\n!conf\/local\/\.gitkeep\n$/);
  assert.match(amlignore("data/**\n", conf), /\.DS_Store\n$/);
  assert.ok(amlignore("a/\rb/ \t\r\n", conf).endsWith("\n# From .gitignore.\na/\nb/\n"));
  const again = parseIgnoreFile(amlignore("data/**\n!data/a.csv\n", conf), ".amlignore");
  assert.ok(again.excludedBy("data/a.csv"));
  const rules = parseIgnoreFile(text, ".amlignore");
  const out = [
    "private/customers.csv",
    "src/shop/a.secret",
    "data/01_raw/a.csv",
    "conf/local/credentials.yml",
    "conf/base/credentials_dev.yml",
    "conf/local/deep/credentials.yml",
    "conf/local/secret.yml",
    "conf/dev/parameters.yml",
    ".env",
    ".git/config",
    ".venv/lib/a.py",
    "src/shop/__pycache__/a.pyc",
    "logs/info.log",
    "mlruns/0/meta.yaml",
  ];
  const kept = [
    "conf/local/.gitkeep",
    "conf/base/azureml.yml",
    "src/shop/data/a.py",
    "src/shop/env/a.py",
    "src/shop/logs/a.py",
    "pyproject.toml",
    "requirements.txt",
  ];
  assert.deepEqual(out.filter((path) => rules.excludedBy(path) === undefined), []);
  assert.deepEqual(kept.filter((path) => rules.excludedBy(path) !== undefined), []);
});
