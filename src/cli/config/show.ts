import type { AppContext } from "../../app/context.ts";
import { type Origin, originsOf } from "../../config/layers/origins.ts";
import { SECRET_ENV_VARS } from "../../core/env_vars.ts";
import { type Place, placeText } from "../../core/errors.ts";
import { redact } from "../../core/text/redact.ts";
import type { Output } from "../command/output.ts";
import { openLoadOptions, type ReadingOptions } from "../../app/project/open.ts";

/** Options of `config show`. */
export interface ConfigShowOptions extends ReadingOptions {
  readonly origin?: boolean;
}

/** Shows azureml.yml as the layers of the environment make it; with `origin` where each value came from. */
export async function configShow(ctx: AppContext, options: ConfigShowOptions): Promise<Output> {
  const found = await openLoadOptions(ctx, options, (load) => originsOf(ctx, load));
  const secrets = [...SECRET_ENV_VARS].map((name) => ctx.env[name]);
  const shown = (value: unknown) => typeof value === "string" ? redact(value, secrets) : value;
  const origins = found.map((one) => ({ ...one, value: shown(one.value) }));
  const width = Math.max(0, ...origins.map((one) => valueLine(one).length));
  const lines = origins.map((one) =>
    options.origin ? `${valueLine(one).padEnd(Math.min(width, 60))}  ${originText(one)}` : valueLine(one)
  );
  return {
    data: { values: options.origin ? origins : origins.map(({ key, value }) => ({ key, value })) },
    text: lines.map((line) => `${line}\n`).join(""),
  };
}

function valueLine({ key, value }: Origin): string {
  return `${key}: ${JSON.stringify(value)}`;
}

function originText({ place, overrides, interpolated, sources }: Origin): string {
  const from = sources.map((one) => `${placeText(one.place)}${overText(one.overrides, " (", ")")}`);
  const made = !interpolated
    ? ""
    : from.length === 0
    ? ", interpolated"
    : `, interpolated from ${from.join(" and ")}`;
  return `${placeText(place)}${made}${overText(overrides, ", ")}`;
}

function overText(places: readonly Place[], before: string, behind = ""): string {
  return places.length === 0 ? "" : `${before}overrides ${places.map(placeText).join(", ")}${behind}`;
}
