/**
 * Plain calls on several threads: products and maps that take long enough. Reductions stay on one thread, since their
 * bits depend on the order of additions.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import type { Instruction } from "../program/program.ts";
import type { Scalar } from "../scalar/scalar.ts";
import type { Team } from "../simd/program/team/team.ts";
import { nanosecondsOf } from "../simd/program/team/work.ts";
import { isContiguous, type MutableView, type View } from "../view.ts";
import { cachedPrograms } from "./cached_programs.ts";
import { dividedProducts, type DivideProduct } from "./products.ts";
import { inStorageOrder } from "./storage_order.ts";

/** The functions of an engine that are divided among threads. */
export type Divided = Pick<Engine, "gemm" | "gemmBatched" | "map">;

/** Nanoseconds of work below which a map is left to one thread. */
const SHORT = 100_000;

/** Maps of at most this many elements are left to one thread without an estimate. */
const FEW = 10_000;

/** Nanoseconds for copying an element to a program, or back; dividing a map that takes less gains nothing. */
const COPIED = 0.3;

/** Returns functions that divide long calls among threads, and leave the others to an engine. */
export function dividedBy(team: Team, simd: Engine, engine: () => Engine): Divided {
  let divideProduct: DivideProduct | undefined, run: ReturnType<typeof cachedPrograms> | undefined;
  const product = (name: "gemm" | "gemmBatched"): Engine["gemm"] => (operands) => {
    const directly = () => simd[name](operands);
    divideProduct ??= dividedProducts(team);
    if (!divideProduct(operands, directly)) directly();
  };
  /** Computes a map on the threads; `false` if that would not pay. */
  const divideMap = (
    expression: Scalar,
    inputs: readonly View[],
    output: MutableView,
    directly: () => void,
  ): boolean => {
    if (output.size <= FEW || !isContiguous(output)) return false;
    const { dtype, shape } = output, stored = inputs.map(inStorageOrder);
    const operands = stored.map(({ operand }, k) => operand(k));
    const instruction: Instruction = {
      results: [{ dtype, shape }],
      operation: { kind: "map", loop: { shape, operands, expressions: [expression] } },
    };
    const moved = COPIED * stored.reduce((sum, { view }) => sum + view.size, output.size);
    if (nanosecondsOf(instruction) < Math.max(SHORT, moved)) return false;
    const request = {
      key: `map ${expression.id} ${operands.map(({ stride }) => stride).join("/")} ${shape}`,
      parameters: stored.map(({ type }) => type),
      instruction: () => instruction,
      directly,
    };
    run ??= cachedPrograms(team, engine());
    run(request, stored.map(({ view }) => view), [output]);
    return true;
  };
  return {
    gemm: product("gemm"),
    gemmBatched: product("gemmBatched"),
    map: (expression, inputs, output) => {
      const directly = () => simd.map(expression, inputs, output);
      if (!divideMap(expression, inputs, output, directly)) directly();
    },
  };
}
