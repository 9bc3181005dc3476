import type { UploadProgress } from "../../azureml/service/upload/put_files.ts";
import type { Context } from "../../core/context.ts";
import { durationText } from "../../core/text/duration.ts";
import { countText } from "../../core/text/numbers.ts";
import { sizeText } from "../text/units.ts";
import { isLive } from "./live_table.ts";
import type { Progress } from "./progress.ts";
import { startSpinner } from "./waiting.ts";

/** Time between two lines in a log. */
const LOG_MS = 10_000;
/** Before this, a rate means little. */
const LEAST_RATED_MS = 2000;

/**
 * Shows how far an upload is: on a terminal in a line that is redrawn, in a log in a line from time to time.
 *
 * @returns A function to call with each event, and one that ends the line.
 */
export function showUpload(
  ctx: Pick<Context, "terminal" | "clock" | "env">,
  progress: Progress,
  options: { readonly json?: boolean },
): { show(event: UploadProgress): void; end(): void } {
  const now = () => ctx.clock.now().getTime();
  let last: UploadProgress | undefined;
  let [startedAt, saidAt] = [0, 0];
  let end = () => {};
  const text = () => uploadText(last!, now() - startedAt);
  return {
    show(event) {
      const isFirst = last === undefined || event.sentBytes < last.sentBytes;
      last = event;
      if (isFirst) {
        end();
        startedAt = saidAt = now();
        end = startSpinner(ctx, text, options);
      } else if (!isLive(ctx, options.json) && now() - saidAt >= LOG_MS) {
        saidAt = now();
        progress.say(`  ${text()}`, { type: "upload", ...event });
      }
      if (event.files === event.totalFiles) this.end();
    },
    end() {
      end();
      last = undefined;
    },
  };
}

function uploadText({ files, totalFiles, sentBytes, totalBytes }: UploadProgress, elapsedMs: number): string {
  const done = `Uploading ${files} of ${countText(totalFiles, "file")}, ${sizeText(sentBytes)} of ${
    sizeText(totalBytes)
  }`;
  if (elapsedMs < LEAST_RATED_MS || sentBytes === 0) return done;
  const leftMs = (totalBytes - sentBytes) / sentBytes * elapsedMs;
  return `${done}, ${sizeText(sentBytes / elapsedMs * 1000)}/s, ${durationText(leftMs)} left`;
}
