// Runs once, while a file that unpacks itself does: takes the image of the embedded Kedro out of what it was compressed
// to. In pieces: as a whole, it would take more memory than anything that the program does afterwards.
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";

const image = new URL("app/kedro.image", import.meta.url);
const unpacked = new URL("unpacked", import.meta.url);
try {
  await pipeline(createReadStream(image), createZstdDecompress(), createWriteStream(unpacked));
  Deno.renameSync(unpacked, image);
} catch (error) {
  Deno.stdout.writeSync(new TextEncoder().encode(`${error.message}\n`));
  Deno.exit(1);
}
