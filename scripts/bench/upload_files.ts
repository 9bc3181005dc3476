import { createHash } from "node:crypto";
import { parseBlobPage } from "../../src/azureml/storage/blobs.ts";
import { randomNumbers } from "../../tests/fakes/random_numbers.ts";
import type { Azurite } from "../../tests/peers/azurite.ts";
import type { Upload } from "./upload_world.ts";

/** Sizes in bytes of the files to upload, the same each time: most are small, and a few are large. */
export function fileSizes(count: number, totalBytes: number): readonly number[] {
  const large = [...Array<number>(3).fill(totalBytes / 7), ...Array<number>(20).fill(totalBytes / 105)];
  const random = randomNumbers(1);
  const weights = Array.from({ length: count - large.length }, () => 2 ** (random() * 8));
  const sum = weights.reduce((a, b) => a + b);
  const left = totalBytes - large.reduce((a, b) => a + Math.floor(b), 0);
  const sizes = [...large, ...weights.map((weight) => left * weight / sum)].map(Math.floor);
  sizes[sizes.length - 1]! += totalBytes - sizes.reduce((a, b) => a + b);
  return sizes;
}

/** Writes files of these sizes with random bytes that no compression shortens, the same each time. */
export async function writeFiles(folder: string, sizes: readonly number[]): Promise<void> {
  for (const [at, size] of sizes.entries()) {
    const path = `${folder}/part_${at % 40}`;
    await Deno.mkdir(path, { recursive: true });
    const random = randomNumbers(at + 2);
    const words = Uint32Array.from({ length: Math.ceil(size / 4) }, () => random() * 2 ** 32);
    await Deno.writeFile(`${path}/file_${at}.bin`, new Uint8Array(words.buffer, 0, size));
  }
}

/** Files below a folder by name: their MD5 in Base64, and their size. */
export type Sums = ReadonlyMap<string, { readonly md5: string; readonly sizeBytes: number }>;

/** The files of a project's folder, which its upload must have. */
export async function sumsOf(folder: string, under: string): Promise<Sums> {
  const sums = new Map<string, { md5: string; sizeBytes: number }>();
  const visit = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/${path}`)) {
      if (isDirectory) await visit(`${path}/${name}`);
      else {
        const hash = createHash("md5");
        using file = await Deno.open(`${folder}/${path}/${name}`);
        for await (const chunk of file.readable) hash.update(chunk);
        const { size: sizeBytes } = await Deno.stat(`${folder}/${path}/${name}`);
        sums.set(`${path}/${name}`, { md5: hash.digest("base64"), sizeBytes });
      }
    }
  };
  await visit(under);
  return sums;
}

/** Checks that all files arrived. @param reads Whether their bytes are read back. @throws {Error} naming the first that differs. */
export async function requireArrived(
  azurite: Azurite,
  upload: Upload,
  { sums, reads }: { readonly sums: Sums; readonly reads: boolean },
): Promise<void> {
  const [containerUrl, sas] = upload.containerUrl.split("?");
  const folder = decodeURIComponent(upload.folderUrl.slice(containerUrl!.length + 1));
  const sizes = await listed(azurite, upload.containerUrl, `${folder}/`);
  for (const [name, { md5, sizeBytes }] of sums) {
    const there = sizes.get(`${folder}/${name}`);
    if (there !== sizeBytes) throw new Error(`${name} has ${there} bytes in Azurite, not ${sizeBytes}`);
    if (!reads) continue;
    const answer = await azurite.fetch(new Request(`${upload.folderUrl}/${name}?${sas}`));
    const hash = createHash("md5");
    for await (const chunk of answer.body!) hash.update(chunk);
    if (hash.digest("base64") !== md5) throw new Error(`${name} has other content in Azurite`);
  }
}

async function listed(azurite: Azurite, containerUrl: string, prefix: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  let marker: string | undefined = "";
  while (marker !== undefined) {
    const query = new URLSearchParams({ restype: "container", comp: "list", prefix, marker });
    const answer = await azurite.fetch(new Request(`${containerUrl}&${query}`));
    const page = await parseBlobPage(await answer.text());
    if (page === undefined) throw new Error(`Azurite answered ${answer.status} to a list of blobs`);
    for (const { name, sizeBytes } of page.blobs) sizes.set(name, sizeBytes);
    marker = page.nextMarker;
  }
  return sizes;
}
