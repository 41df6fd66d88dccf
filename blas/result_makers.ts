/**
 * Functions of engines that make their results themselves.
 *
 * A caller of `Engine.map` or `Engine.rows` passes arrays for the results. A large new array costs as much as computing
 * it, since the operating system hands out its pages one by one, and the runtime clears it; an engine that computes in
 * memory of its own can make the array as a copy instead, which nobody clears before.
 *
 * @module
 */
import type { DType } from "./dtype.ts";
import type { Engine } from "./engine.ts";
import type { Rows } from "./rows.ts";
import type { Scalar } from "./scalar/scalar.ts";
import type { Shape } from "./shape.ts";
import { shared } from "./shared.ts";
import type { View } from "./view.ts";

/** What a new array must be like. */
export type ResultType = { readonly dtype: DType; readonly shape: Shape };

/** Computes like `Engine.map`, and makes the result; `undefined` if the caller must do it. */
export type MakeMap = (expression: Scalar, inputs: readonly View[], result: ResultType) => View | undefined;

/** Computes like `Engine.rows`, and makes the results; `undefined` if the caller must do it. */
export type MakeRows = (
  rows: Rows,
  shape: Shape,
  inputs: readonly View[],
  results: readonly ResultType[],
) => readonly View[] | undefined;

/** Nobody makes results of fewer elements than this. */
export const LEAST_MADE = 50_000;

type Makers = { readonly map: WeakMap<Engine["map"], MakeMap>; readonly rows: WeakMap<Engine["rows"], MakeRows> };

/**
 * By the function that takes arrays: an engine with another `map`, `{ ...engine, map }`, then computes with that one.
 * Shared by all copies of the library, like the engine in use.
 */
const makers: Makers = /* @__PURE__ */ shared("result makers", () => ({ map: new WeakMap(), rows: new WeakMap() }));

/** Declares what computes the same as a `map` and makes the result. */
export function declareMapMaker(map: Engine["map"], make: MakeMap): void {
  makers.map.set(map, make);
}

/** Declares what computes the same as a `rows` and makes the results. */
export function declareRowsMaker(rows: Engine["rows"], make: MakeRows): void {
  makers.rows.set(rows, make);
}

/** Returns what computes the same as a `map` and makes the result, if there is such a function. */
export const makerOfMap = (map: Engine["map"]): MakeMap | undefined => makers.map.get(map);

/** Returns what computes the same as a `rows` and makes the results, if there is such a function. */
export const makerOfRows = (rows: Engine["rows"]): MakeRows | undefined => makers.rows.get(rows);
