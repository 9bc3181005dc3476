import { equal, match } from "node:assert/strict";
import type { Finding } from "../../../src/azureml/checks/finding.ts";
import { annotate, azureAnnotation, githubAnnotation } from "../../../src/cli/terminal/ci.ts";
import { fakeContext } from "../../fakes/context.ts";
import { makeWorld } from "../world.ts";

const FINDING: Finding = {
  severity: "error",
  code: "x.y",
  message: "100% of a;b]: first\nsecond",
  hint: "Do it",
  place: { file: "conf/a,b;c]:d.yml", line: 3, column: 5 },
  jobs: ["main", "other"],
};

Deno.test("annotations on GitHub escape their message and properties", () => {
  equal(
    githubAnnotation(FINDING, (file) => file),
    "::error file=conf/a%2Cb;c]%3Ad.yml,line=3,col=5,title=x.y::" +
      "100%25 of a;b]: first%0Asecond%0Ajobs main, other%0Ahint: Do it",
  );
});

Deno.test("annotations have the first details", () => {
  const finding: Finding = { severity: "error", code: "x.y", message: "No", details: [..."abcdef"] };
  equal(
    githubAnnotation(finding, (file) => file),
    "::error title=x.y::No%0Aa%0Ab%0Ac%0Ad%0Aand 2 more lines",
  );
});

Deno.test("annotations on Azure Pipelines escape their message and properties", () => {
  equal(
    azureAnnotation(FINDING, (file) => file),
    "##vso[task.logissue type=error;sourcepath=conf/a,b%3Bc%5D:d.yml;linenumber=3;columnnumber=5;code=x.y;]" +
      "100%AZP25 of a;b]: first%0Asecond%0Ajobs main, other%0Ahint: Do it",
  );
});

Deno.test("annotations on GitHub have paths relative to the checkout", () => {
  const findings: Finding[] = [{
    severity: "warning",
    code: "x.y",
    message: "Odd",
    place: { file: "a.yml" },
  }];
  const told = (env: Record<string, string>) => {
    const ctx = fakeContext({ env });
    annotate(ctx, { findings, root: "/work/repo/projects/p" });
    return ctx.stderr();
  };
  equal(
    told({ GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/work/repo" }),
    "::warning file=projects/p/a.yml,title=x.y::Odd\n",
  );
  equal(
    told({ GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/elsewhere" }),
    "::warning file=a.yml,title=x.y::Odd\n",
  );
  equal(
    told({ TF_BUILD: "True" }),
    "##vso[task.logissue type=warning;sourcepath=/work/repo/projects/p/a.yml;code=x.y;]Odd\n",
  );
  equal(told({}), "");
});

Deno.test("annotations have the path of a file outside the project", () => {
  const toldOf = (file: string, env: Record<string, string>) => {
    const ctx = fakeContext({ env });
    const finding: Finding = { severity: "warning", code: "x.y", message: "Odd", place: { file } };
    annotate(ctx, { findings: [finding], root: "/work/repo/p" });
    return ctx.stderr();
  };
  const github = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/work/repo" };
  equal(toldOf("/work/repo/params.yml", github), "::warning file=params.yml,title=x.y::Odd\n");
  equal(toldOf("/tmp/p.yml", github), "::warning file=/tmp/p.yml,title=x.y::Odd\n");
  equal(
    toldOf("/tmp/p.yml", { TF_BUILD: "True" }),
    "##vso[task.logissue type=warning;sourcepath=/tmp/p.yml;code=x.y;]Odd\n",
  );
});

for (const [what, text] of [["a missing file"], ["a list", "- 1\n"], ["invalid YAML", "a: [1\n"]]) {
  Deno.test(`submit --params-file with ${what} annotates the file in the current folder`, async () => {
    const env = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/home" };
    const { ctx, kedroAzureml } = makeWorld({ env, cwd: "/home/other" });
    if (text !== undefined) ctx.files.set("/home/other/p.yml", new TextEncoder().encode(text));
    await kedroAzureml("-C /home/user/tiny submit main --params-file p.yml");
    match(ctx.stderr(), /^::error file=other\/p\.yml,/m);
  });
}

for (const command of ["files", "validate", "submit main"]) {
  Deno.test(`${command} annotates its findings on GitHub`, async () => {
    const { ctx, kedroAzureml } = makeWorld({ env: { GITHUB_ACTIONS: "true" } });
    ctx.files.set(`${ctx.cwd}/.env`, new TextEncoder().encode("A=1\n"));
    equal(await kedroAzureml(command), 3);
    match(ctx.stderr(), /^::error title=code\.secret::.*"\.env" looks like/m);
  });
}

Deno.test("annotations on Azure Pipelines leave out notes", () => {
  const place = { file: "a.yml", column: 5 };
  const note: Finding = { severity: "note", code: "x.y", message: "Odd", place };
  equal(githubAnnotation(note, (file) => file), "::notice file=a.yml,title=x.y::Odd");
  equal(azureAnnotation(note, (file) => file), undefined);
  equal(
    azureAnnotation({ ...note, severity: "error" }, (file) => file),
    "##vso[task.logissue type=error;sourcepath=a.yml;code=x.y;]Odd",
  );
});
