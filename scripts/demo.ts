/**
 * Shows the main job without an Azure account: starts the emulator on a loopback port, submits the project in
 * `examples/bikes` to it, follows the job to its end, and stops the emulator.
 */

const PROJECT = "examples/bikes";
const FOLDER = ".demo";

/** What the emulator prints when it is ready. */
interface Ready {
  readonly origin: string;
  readonly env: Readonly<Record<string, string>>;
}

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`\n${text}\n`));
}

function program(args: readonly string[], options: Deno.CommandOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", "main.ts", ...args], ...options }).spawn();
}

/** The machine's environment without its own Azure variables, which the demo must not use. */
function quietEnvironment(): Record<string, string> {
  const own = Object.entries(Deno.env.toObject()).filter(([name]) =>
    !/^(AZURE|ARM|AZUREML|KEDRO)_/.test(name)
  );
  return Object.fromEntries(own);
}

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The emulator ended before it was ready");
    text += value;
  }
  await reader.cancel();
  return text.split("\n")[0]!;
}

const env = quietEnvironment();
say(`$ kedro-azureml -C ${PROJECT} emulator`);
const emulator = program(
  ["-C", PROJECT, "emulator", "--json", "--ca-file", `${Deno.cwd()}/${FOLDER}/ca.pem`],
  {
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
  },
);
let code = 1;
try {
  const ready: Ready = JSON.parse(await firstLine(emulator.stdout));
  say(
    `The emulator serves at ${ready.origin}\n$ kedro-azureml -C ${PROJECT} submit -j main --wait-for-completion`,
  );
  const submit = program(["-C", PROJECT, "submit", "-j", "main", "--wait-for-completion"], {
    env: { ...env, ...ready.env },
    clearEnv: true,
  });
  code = (await submit.status).code;
} finally {
  emulator.kill("SIGTERM");
  await emulator.status;
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
}
say(code === 0 ? "The demo is over, and the emulator has stopped." : `The demo ended with exit ${code}.`);
Deno.exit(code);
