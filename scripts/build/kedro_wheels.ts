import { pathOf, sha256 } from "../shared/bundle.ts";
import { NOT_FOUND, runProgram } from "../shared/run_program.ts";

/** Which machine's wheels are taken: pure ones, and PyYAML's for Linux, of which only the pure part is used. */
const PLATFORM = [
  "--no-deps --only-binary :all: --platform any --platform manylinux2014_x86_64",
  "--implementation cp --abi cp314 --abi none --python-version 3.14",
].join(" ").split(" ");

/**
 * Gives the wheels that the lock file names, by file name: those in `folder`, or else what pip downloads to it.
 *
 * pip's own configuration says from where (index, certificates, proxy).
 *
 * @throws {Error} that says what to do, when pip is not there or cannot fetch.
 */
export async function fetchWheels(
  lock: URL,
  folder: URL,
  say: (line: string) => void,
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const wanted = [...(await Deno.readTextFile(lock)).matchAll(/--hash=sha256:([0-9a-f]{64})/g)].map((each) =>
    each[1]!
  );
  await Deno.mkdir(folder, { recursive: true });
  const there = await wheelsIn(folder, wanted);
  if (Object.keys(there).length === wanted.length) return there;
  say(`  Downloading ${wanted.length} wheels with pip`);
  await download(lock, folder);
  const fetched = await wheelsIn(folder, wanted);
  if (Object.keys(fetched).length === wanted.length) return fetched;
  throw new Error(
    `Cannot find all wheels of ${lock.pathname} in ${folder.pathname}, though pip has ended well`,
  );
}

/** The wheels whose hash is wanted; others that lie there are left alone. */
async function wheelsIn(
  folder: URL,
  wanted: readonly string[],
): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const found: Record<string, Uint8Array<ArrayBuffer>> = {};
  const seen = new Set<string>();
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".whl")) continue;
    const bytes = await Deno.readFile(new URL(encodeURIComponent(name), folder));
    const hash = await sha256(bytes);
    if (wanted.includes(hash) && !seen.has(hash)) found[name] = bytes;
    seen.add(hash);
  }
  return found;
}

async function download(lock: URL, folder: URL): Promise<void> {
  const [to, from] = [pathOf(folder), pathOf(lock)];
  const args = ["-m", "pip", "download", "--require-hashes", "--no-cache-dir", "--quiet", ...PLATFORM];
  const byHand =
    `Download the wheels that ${from} names on another machine, put them into ${to}, and run this again`;
  for (const program of ["python3", "python"]) {
    const { code, stderr } = await runProgram(program, [...args, "--dest", to, "--requirement", from]);
    if (code === 0) return;
    if (code !== NOT_FOUND) {
      throw new Error(`Cannot download Kedro's wheels with pip:\n${stderr.trim()}\nhint: ${byHand}`);
    }
  }
  throw new Error(
    `Cannot download Kedro's wheels: there is no Python with pip on PATH\nhint: Install it. Or: ${byHand}`,
  );
}
