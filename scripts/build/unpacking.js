// Runs once, while a file that unpacks itself does: takes the image of the embedded Kedro out of what it was compressed to.
import { zstdDecompressSync } from "node:zlib";

const image = new URL("app/kedro.image", import.meta.url);
try {
  Deno.writeFileSync(image, zstdDecompressSync(Deno.readFileSync(image)));
} catch (error) {
  Deno.stdout.writeSync(new TextEncoder().encode(`${error.message}\n`));
  Deno.exit(1);
}
