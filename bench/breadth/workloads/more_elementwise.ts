/**
 * More functions of single elements, comparisons and logic.
 *
 * @module
 */
import * as ng from "@nanograd/nanograd";
import type { Tensor } from "@nanograd/nanograd";
import { uniform } from "../fill.ts";
import type { Workload } from "../workload.ts";
import { million } from "./million.ts";

const SHAPE = [1000, 1000] as const;

const unary = (
  name: string,
  f: (x: Tensor) => Tensor,
  range: { readonly scale?: number; readonly offset?: number } = { scale: 3 },
): readonly Workload[] => million("elementwise", name, [uniform(SHAPE, range)], ([x]) => f(x!));

const binary = (
  name: string,
  f: (a: Tensor, b: Tensor) => Tensor,
  range: { readonly scale?: number; readonly offset?: number } = { scale: 3 },
): readonly Workload[] =>
  million("elementwise", name, [uniform(SHAPE, range), uniform(SHAPE, range)], ([a, b]) => f(a!, b!));

const POSITIVE = { scale: 2, offset: 2.5 }, INSIDE = { scale: 0.9 };

/** Functions of single elements. */
export const moreElementwise: readonly Workload[] = [
  ...unary("floor", ng.floor),
  ...unary("ceil", ng.ceil),
  ...unary("round", ng.round),
  ...unary("trunc", ng.trunc),
  ...unary("tan", ng.tan, { scale: 1.2 }),
  ...unary("asin", ng.asin, INSIDE),
  ...unary("acos", ng.acos, INSIDE),
  ...unary("atan", ng.atan),
  ...unary("sinh", ng.sinh),
  ...unary("cosh", ng.cosh),
  ...unary("asinh", ng.asinh),
  ...unary("acosh", ng.acosh, { scale: 2, offset: 3.5 }),
  ...unary("atanh", ng.atanh, INSIDE),
  ...unary("log2", ng.log2, POSITIVE),
  ...unary("log10", ng.log10, POSITIVE),
  ...unary("exp2", ng.exp2),
  ...unary("erfc", ng.erfc),
  ...unary("erfInv", ng.erfInv, INSIDE),
  ...unary("logGamma", ng.logGamma, POSITIVE),
  ...unary("digamma", ng.digamma, POSITIVE),
  ...unary("nanToNum", (x) => ng.nanToNum(x)),
  ...unary("isNaN", ng.isNaN),
  ...unary("isFinite", ng.isFinite),
  ...unary("logicalNot", ng.logicalNot),
  ...binary("remainder", (a, b) => ng.remainder(a, b), POSITIVE),
  ...binary("atan2", (a, b) => ng.atan2(a, b)),
  ...binary("hypot", (a, b) => ng.hypot(a, b)),
  ...binary("logAddExp", (a, b) => ng.logAddExp(a, b)),
  ...binary("lerp", (a, b) => ng.lerp(a, b, 0.3)),
  ...binary("lessEqual", (a, b) => ng.lessEqual(a, b)),
  ...binary("greaterEqual", (a, b) => ng.greaterEqual(a, b)),
  ...binary("notEqual", (a, b) => ng.notEqual(a, b)),
  ...binary("logicalAnd", (a, b) => ng.logicalAnd(a, b)),
  ...binary("logicalOr", (a, b) => ng.logicalOr(a, b)),
  ...binary("logicalXor", (a, b) => ng.logicalXor(a, b)),
];
