import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";

/** The oldest time that a zip can say: the same files give the same bytes at any time. */
const WHEN = new Date(1980, 0, 1);

/** A file that anybody may run, in the words of a Unix zip. */
const MODE = 0o100755;

/** Packs files by name, in that order; a program among them may be run once unpacked. */
export async function zip(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const writer = new ZipWriter(
    new Uint8ArrayWriter(),
    {
      level: 6,
      lastModDate: WHEN,
      extendedTimestamp: false,
      msDosCompatible: false,
      useWebWorkers: false,
      externalFileAttribute: MODE * 2 ** 16,
    } as ConstructorParameters<typeof ZipWriter>[1],
  );
  for (const [name, bytes] of Object.entries(files)) await writer.add(name, new Uint8ArrayReader(bytes));
  return await writer.close() as Uint8Array;
}
