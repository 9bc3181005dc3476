import type { WrittenReport } from "../../app/job/report.ts";
import type { Output } from "../command/output.ts";
import { sizeText } from "./units.ts";

/** Renders a page that was written. */
export function renderReport({ name, status, file, sizeBytes, steps, notices }: WrittenReport): Output {
  return {
    data: { name, status, file, sizeBytes, steps },
    text: `✓ Job ${name}: wrote ${file}, ${sizeText(sizeBytes)}\n`,
    warnings: notices.map((message) => ({ code: "report.incomplete", message })),
  };
}
