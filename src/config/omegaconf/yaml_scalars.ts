import type { Scalar } from "./node.ts";

const NULL = /^(?:~|null|Null|NULL|)$/;
const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INTEGER =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
/** PyYAML's floats, which take precedence over integers. */
const YAML_FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Floats that OmegaConf adds: `1e5`, `1.5e3`. */
const OMEGA_FLOAT =
  /^(?:[-+]?[0-9]+(?:_[0-9]+)*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)|\.[0-9]+(?:_[0-9]+)*(?:[eE][-+][0-9]+)?|[-+]?[0-9]+(?:_[0-9]+)*(?::[0-5]?[0-9])+\.[0-9_]*)$/;

const TAG = "tag:yaml.org,2002:";

/** The value of an unquoted scalar in YAML 1.1 as OmegaConf reads it; dates stay text. */
export function plainScalar(text: string): Scalar {
  if (NULL.test(text)) return null;
  if (BOOLEAN.test(text)) return toBoolean(text)!;
  if (YAML_FLOAT.test(text)) return toFloat(text)!;
  if (INTEGER.test(text)) return toInteger(text) ?? text;
  return OMEGA_FLOAT.test(text) ? toFloat(text) ?? text : text;
}

/** The value of a tagged scalar; `undefined` if the tag is unknown or does not fit the text. */
export function taggedScalar(tag: string, text: string): Scalar | undefined {
  switch (tag) {
    case `${TAG}str`:
      return text;
    case `${TAG}null`:
      return null;
    case `${TAG}bool`:
      return toBoolean(text);
    case `${TAG}int`:
      return toInteger(text);
    case `${TAG}float`:
      return toFloat(text);
    default:
      return undefined;
  }
}

function toBoolean(text: string): boolean | undefined {
  if (/^(?:yes|true|on)$/i.test(text)) return true;
  return /^(?:no|false|off)$/i.test(text) ? false : undefined;
}

function toInteger(text: string): bigint | undefined {
  const [, sign, digits] = text.replaceAll("_", "").match(/^([-+]?)(.+)$/) ?? [];
  const value = digits === undefined ? undefined : magnitude(digits);
  return value !== undefined && sign === "-" ? -value : value;
}

function magnitude(digits: string): bigint | undefined {
  if (/^0[bx][0-9a-fA-F]+$/.test(digits)) return BigInt(digits);
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  if (/^\d+(?::\d+)+$/.test(digits)) {
    return digits.split(":").reduce((value, part) => value * 60n + BigInt(part), 0n);
  }
  return /^\d+$/.test(digits) ? BigInt(digits) : undefined;
}

function toFloat(text: string): number | undefined {
  const plain = text.replaceAll("_", "").toLowerCase();
  const [, sign, digits] = plain.match(/^([-+]?)(.+)$/) ?? [];
  const value = digits === undefined ? undefined : size(digits);
  return value !== undefined && sign === "-" ? -value : value;
}

function size(digits: string): number | undefined {
  if (/^\.?inf(?:inity)?$/.test(digits)) return Infinity;
  if (/^\.?nan$/.test(digits)) return NaN;
  if (digits.includes(":")) return digits.split(":").reduce((value, part) => value * 60 + Number(part), 0);
  return /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/.test(digits) ? Number(digits) : undefined;
}
