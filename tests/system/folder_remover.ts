/** Removes the given folder when killed, and waits for that, unless the second argument is `stop`. */
import { removeWhenKilled } from "../../src/app/rehearse/prepare.ts";
import { exec } from "../../src/system/exec.ts";

const [folder, order] = Deno.args;
const stop = removeWhenKilled({ exec }, folder!);
if (order === "stop") await stop();
await Deno.stdout.write(new TextEncoder().encode("ready\n"));
if (order !== "stop") await new Promise((resolve) => setTimeout(resolve, 600_000));
