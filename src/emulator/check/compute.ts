import * as z from "zod";

/** The request body of a compute, as far as the emulator reads it. */
export const compute = z.looseObject({
  location: z.string().nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z.looseObject({
    computeType: z.string(),
    description: z.string().nullish(),
    disableLocalAuth: z.boolean().nullish(),
    properties: z.record(z.string(), z.unknown()).nullish(),
  }),
});
