import type { Finding } from "./finding.ts";

/** An image of Microsoft for steps, with conda. */
export const BASE_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:latest";

/** Images and curated environments of Azure ML on an Ubuntu that it supports no longer. */
const OLD_UBUNTU =
  /^(?:mcr\.microsoft\.com\/azureml\/|(?:azureml:)?AzureML-).*?ubuntu-?(16|18|20)\.?04|^azureml:\/\/registries\/azureml\/environments\/sklearn-1\.0\//i;
/** When Azure ML's support for each ended: "until the corresponding Ubuntu end-of-life", says the README of its images. */
const ENDED: Readonly<Record<string, string>> = { 16: "April 2021", 18: "May 2023", 20: "May 2025" };

/** The warning about an image or environment that is past its end of life. */
export function oldImage(name: string, place: Finding["place"], then = ""): Finding[] {
  const found = OLD_UBUNTU.exec(name);
  if (found === null) return [];
  const ubuntu = found[1] ?? "20";
  const isImage = name.startsWith("mcr.");
  return [{
    severity: "warning",
    // environment.image_end_of_life: The environment's image is on an Ubuntu that Azure ML no longer supports. Use a
    //   newer image or curated environment.
    code: "environment.image_end_of_life",
    message: `${
      isImage ? "Image" : "Environment"
    } "${name}" is based on Ubuntu ${ubuntu}.04, which Azure ML has not supported since ${
      ENDED[ubuntu]
    }; jobs may fail`,
    hint: isImage
      ? `Use \`${BASE_IMAGE}\`${then}`
      : "Use a curated environment on Ubuntu 22.04, or write one with `kedro-azureml init --environment`",
    place,
  }];
}
