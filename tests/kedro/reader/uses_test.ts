import { deepStrictEqual, equal, match, ok } from "node:assert/strict";
import { entries, machine, projectWith, read } from "./reading.ts";

/** Code whose result changes with each reading, by the reported reason. */
const CHANGING: Readonly<Record<string, readonly string[]>> = {
  "the clock": [
    "import time; value = time.time()",
    "import datetime; value = datetime.date.today()",
    "import time; value = [*map(time.clock_gettime, [0])]",
    "import datetime, functools; value = functools.partial(datetime.datetime.now, datetime.UTC)()",
    "import time; value = max([1, 2], key=lambda _: time.perf_counter())",
    "import time; value = [time.time_ns(), time.gmtime(), time.monotonic(), time.process_time()]",
  ],
  "the time zone": [
    "import time; value = [*map(time.localtime, [0])]",
    "import logging; logging.basicConfig(format='%(asctime)s'); logging.getLogger('x').warning('')",
  ],
  "random numbers": [
    "import random; value = random.choice([1, 2])",
    "import random; value = random.SystemRandom().random()",
    "from random import shuffle; [*map(shuffle, [[1, 2, 3]])]",
    "import uuid; value = uuid.uuid4()",
    "import os; value = os.urandom(4)",
    "import secrets; value = secrets.token_hex(4)",
    "import tempfile; value = tempfile.mkdtemp()",
    "value = open('/dev/urandom', 'rb').read(4)",
  ],
};

for (const [reason, codes] of Object.entries(CHANGING)) {
  for (const code of codes) {
    Deno.test(`openCachedReader() does not cache ${reason}: ${code}`, async () => {
      const { ctx } = machine(projectWith(code));
      const { messages } = await read(ctx);
      const says = messages.find((one) => one.includes("not cached: it uses")) ?? "";
      ok(says.includes(reason), `${messages}`);
      deepStrictEqual(entries(ctx), []);
    });
  }
}

/** Code that looks random but gives the same result in each reading. */
const CONSTANT = `
import logging, os, random, time
from datetime import datetime
logging.getLogger("shop").warning("logged")
random.seed("x", version=1)
random.seed(42)
state = random.getstate()
random.setstate(state)
value = [
    random.random(), random.gauss(0, 1), random.getrandbits(8), random.sample(range(9), 3), random.Random(1).random(),
    time.gmtime(0).tm_year, datetime(2020, 1, 1).strftime("%Y"), time.tzname,
    list({"a", "b", "c", "d"}), hash("x"), os.getpid(), id(object()),
    os.listdir("."), os.listdir("conf"), [each.stat().st_mtime for each in os.scandir(".")], os.stat("conf"),
    os.cpu_count(), os.uname(), os.times(), os.getloadavg(),
]
with open("/tmp/written", "w") as file:
    file.write("x")
value.append(os.path.getmtime("/tmp/written"))
`;

Deno.test("openCachedReader() caches code with seeded random numbers", async () => {
  const { ctx, started } = machine(projectWith(CONSTANT), { isReal: true });
  const first = await read(ctx);
  match(first.printed.join(""), /logged[^]*0\.6394267984578837/);
  const anew = await read(ctx, { cache: false });
  deepStrictEqual(anew.printed, first.printed);
  equal(started(), 2);
  deepStrictEqual((await read(ctx)).printed, first.printed);
  equal(started(), 2);
});

Deno.test("openCachedReader() does not cache random numbers", async () => {
  const { ctx } = machine(projectWith("import random; value = random.random()"), { isReal: true });
  ok((await read(ctx)).printed.join() !== (await read(ctx)).printed.join());
});

for (
  const code of [
    "import os; value = os.environb.get(b'REGION')",
    "import os; value = 'REGION' in os.environ",
    "import os; value = os.environ.copy()",
    "import os; value = os.environ._data.get(b'REGION')",
    "import posix; value = posix.environ.get(b'REGION')",
    "import os; value = str(os.environ)",
    "import os; value = os.path.expandvars('$REGION')",
    "import os\ntry:\n    del os.environ['REGION']\nexcept KeyError:\n    value = 'absent'",
  ]
) {
  const shown = code.replace(/^import \w+(?:; |\n)/, "").replaceAll(/\n\s*/g, " ");
  Deno.test(`openCachedReader() reads again after REGION is set: ${shown}`, async () => {
    const { ctx, started } = machine(projectWith(code));
    const absent = await read(ctx);
    ok((await read(ctx)).messages.some((one) => one.includes("Using the cached project")));
    const set = await read(ctx, { env: { REGION: "eu" } });
    equal(started(), 2);
    ok(set.printed.join() !== absent.printed.join(), absent.printed.join());
  });
}

Deno.test("openCachedReader() does not cache the address of an object", async () => {
  const code = "_pipeline = pipeline\ndef pipeline(nodes):\n" +
    "    return _pipeline([*nodes, node(same, 'b', 'made by <object object at 0x7fabc>')])";
  const { ctx } = machine(projectWith(code));
  const { messages } = await read(ctx);
  ok(messages.some((one) => one.includes("the address of an object")), `${messages}`);
});
