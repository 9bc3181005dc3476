import { deepEqual, equal } from "node:assert/strict";

import { maskedBody, maskedJson, maskedText } from "../../src/core/secrets.ts";
import { requireLinearTime } from "../fakes/linear_time.ts";

Deno.test("maskedText() masks parameters, tokens and signatures", () => {
  equal(
    maskedText(
      `kedro run --params='{"rate": 0.1, "api_key": "hush", "n": {"db_password": "x y"}}' token=abc secret=`,
    ),
    `kedro run --params='{"rate": 0.1, "api_key": ***, "n": {"db_password": ***}}' token=*** secret=`,
  );
  equal(maskedText("curl -H 'Authorization: Bearer abcdefghijkl'").includes("abcdefghijkl"), false);
  equal(maskedText("https://x.blob/c?sv=1&sig=abc%2B&se=2"), "https://x.blob/c?sv=1&sig=***&se=2");
});

/** Texts, and how they are shown. */
const TEXTS: Record<string, [before: string, after: string]> = {
  "a list": ['api_keys: ["hush", "hush"], n: 1', "api_keys: ***, n: 1"],
  "a mapping": ['{"passwords": {"prod": "hush, }"}, "n": 1}', '{"passwords": ***, "n": 1}'],
  "a cut list": ['{"tokens": ["hush", "hu', '{"tokens": ***'],
  "JSON on several lines": [
    '{\n "api_keys": {\n  "prod": "hush"\n },\n "n": 1\n}',
    '{\n "api_keys": ***\n  ***\n ***,\n "n": 1\n}',
  ],
  "JSON in JSON": [
    String.raw`{"a": "{\"api_key\": \"hush\", \"n\": 1}"}`,
    String.raw`{"a": "{\"api_key\": ***, \"n\": 1}"}`,
  ],
  "an escaped quote": [String.raw`password="a\"hush" n=1`, "password=*** n=1"],
  "a doubled quote": ["password: 'a''hush' # why", "password: *** # why"],
  "several doubled quotes": ["password='a''hush''hush' n=1", "password=*** n=1"],
  "a word after a colon without a space": ["token:hush is here", "token:*** is here"],
  "an option": ["train --db-password=hush --n=1", "train --db-password=*** --n=1"],
  "a key with a hyphen": ["api-key: hush", "api-key: ***"],
  "a value of YAML with spaces": [
    "a:\n  - password: so hush # why\n    n: 1",
    "a:\n  - password: *** # why\n    n: 1",
  ],
  "the lines below a key": [
    "passwords:\n  prod: hush\n\n  dev:\n    - hush\nn: 1",
    "passwords:\n  ***\n\n  ***\n    ***\nn: 1",
  ],
  "lines to the left of their key": [
    "a:\n  passwords:\n    prod: hush\n\n    dev: hush\n  n: 1",
    "a:\n  passwords:\n    ***\n\n    ***\n  n: 1",
  ],
  "a list below a key": ["a:\n- tokens: # why\n  - hush\n  n: 1", "a:\n- tokens: # why\n  ***\n  n: 1"],
  "a block of text": ["api_key: |-\n  hush\n  hush\nn: 1", "api_key: |-\n  ***\n  ***\nn: 1"],
  "a key without a value": ["token:\nn: 1", "token:\nn: 1"],
  "a value on the next line": ['token=\n"hush" n', "token=\n*** n"],
  "a default value": [
    'def f(password: str | None = "hush", n: int = 1):',
    "def f(password: ***, n: int = 1):",
  ],
  "a comparison": ['if token == "hush" or password != "hush":', "if token == *** or password != ***:"],
  "an f-string": ['password = f"hush{x}"\nn = 1', "password = ***\nn = 1"],
  "a string in three quotes": ['password = """hush\n"hush" """\nn = 1', "password = ***\n***\nn = 1"],
  "a call": ['token = decode("hush", key=")"); n = 1', "token = ***; n = 1"],
  "numbers of tokens": [
    "max_tokens: [1, 2]\ntokenizer:\n  name: x",
    "max_tokens: [1, 2]\ntokenizer:\n  name: x",
  ],
  "paths of files with secrets": [
    'credentials_dir: conf/local\ntoken_file = "../x/a.txt"\ntoken_path: hush\nsecret_dir: a+/b=',
    'credentials_dir: conf/local\ntoken_file = "../x/a.txt"\ntoken_path: ***\nsecret_dir: ***',
  ],
  "small numbers called after tokens": [
    "dim_tokens: 100\ntoken_top_k: 0.5\ntoken: 8472910473\npassword_token: 12",
    "dim_tokens: 100\ntoken_top_k: 0.5\ntoken: ***\npassword_token: ***",
  ],
};

for (const [kind, [before, after]] of Object.entries(TEXTS)) {
  Deno.test(`maskedText() ${before === after ? "does not change" : "masks"} ${kind}`, () =>
    equal(maskedText(before), after));
}

Deno.test("maskedText() takes linear time", () => {
  const texts = [
    ...[
      "a",
      "a ",
      " ",
      "a='",
      "token=",
      "token: a ",
      "token: #",
      "token=(",
      "token=('",
      'token="\\"',
      "token=a|",
    ],
    ...["token:\n", "token:\n a", "- - token: a", "[{", "token: [\"'"],
  ];
  for (const text of texts) {
    requireLinearTime((size) => void maskedText(`a${text.repeat(size / text.length)}`));
  }
});

Deno.test("maskedJson() masks nested secrets", () => {
  const body = {
    tags: { owner: "ada", secret_key: "hush" },
    list: [{ password: 12, isSecret: true, url: "https://u:p@host/" }],
    tokens: { a: 1, b: ["hush", { c: "hush", isValid: true, none: null }] },
    max_tokens: { a: 1 },
  };
  deepEqual(maskedJson(body), {
    tags: { owner: "ada", secret_key: "***" },
    list: [{ password: "***", isSecret: true, url: "https://***@host/" }],
    tokens: { a: "***", b: ["***", { c: "***", isValid: true, none: null }] },
    max_tokens: { a: 1 },
  });
});

Deno.test("maskedBody() keeps steps that are named like secrets", () => {
  const literal = (value: string) => ({ value, job_input_type: "literal" });
  const body = (secret: string) => ({
    components: { load_tokens: { inputs: { tokens: { type: "uri_folder" } } } },
    jobs: {
      load_tokens: {
        inputs: {
          tokens: literal("${{parent.jobs.load.outputs.tokens}}"),
          token: literal("params:token"),
          api_key: literal(secret),
          rows: literal("10"),
        },
        outputs: { api_tokens: { type: "uri_folder", mode: "upload" } },
        environment_variables: { API_KEY: secret, REGION: "eu" },
      },
    },
    tags: { tokens: [secret], owner: "ada" },
    secrets: { name: secret },
  });
  deepEqual(maskedBody(body("hush")), body("***"));
});
