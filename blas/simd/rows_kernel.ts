/**
 * Kernels for rows: one WebAssembly function for each computation, shape and dtype.
 *
 * @module
 */
import type { DType } from "../dtype.ts";
import { placeRows } from "../program/operations/rows.ts";
import type { Rows } from "../rows.ts";
import type { Shape } from "../shape.ts";
import { i32, ModuleBuilder } from "../wasm/mod.ts";
import { importEngineMemory } from "./engine_memory.ts";
import { importSlowPaths, SLOW_FUNCTIONS } from "./math/slow_paths.ts";
import { emitRows } from "./program/rows_function.ts";
import { rowsPlan } from "./program/rows_plan.ts";

/** What a kernel is made for. */
export type RowsKernelOptions = {
  readonly rows: Rows;
  /** The shape of all elements; it has some. */
  readonly shape: Shape;
  /** The shapes of the operands, which broadcast to it. */
  readonly own: readonly Shape[];
  readonly dtype: DType;
  /** Whether to use relaxed SIMD. */
  readonly relaxed: boolean;
  /** The memory that it computes in. */
  readonly memory: WebAssembly.Memory;
};

/** A computation of rows. */
export type RowsKernel = {
  /** Whether it can be run on some indices of axis 0; else it is run on all of them. */
  readonly splits: boolean;
  /**
   * Computes the first `count` indices of axis 0.
   *
   * @param addresses Where each operand and then each output is, in bytes; row-major.
   */
  readonly run: (count: number, ...addresses: readonly number[]) => void;
};

/** Makes a kernel. */
export function makeRowsKernel({ rows, shape, own, dtype, relaxed, memory }: RowsKernelOptions): RowsKernel {
  const operation = placeRows(rows, own.map((shape, value) => ({ dtype, shape, value })), shape);
  const { byRows, kept, lengths } = rowsPlan(operation, dtype);
  const splits = shape[0]! > 1 && !rows.axes.includes(0) && (byRows || kept > 1);
  const builder = new ModuleBuilder();
  importEngineMemory(builder);
  const slowPaths = importSlowPaths(builder, operation.loop.expressions, SLOW_FUNCTIONS);
  const names = Array.from({ length: own.length + rows.outputs.length }, (_, k) => `a${k}`);
  builder.named(
    `rows ${dtype}`,
    () =>
      builder.function({
        name: "run",
        parameters: { count: "i32", ...Object.fromEntries(names.map((name) => [name, "i32"])) },
      }, (f, parameters) => {
        const at = names.map((name) => ({
          base: 0,
          // The names are those of the parameters.
          start: (parameters as { readonly [name: string]: typeof parameters.count })[name]!,
        }));
        const spec = {
          operation,
          dtype,
          relaxed,
          slowPaths,
          place: (value: number) => at[value]!,
          results: at.slice(own.length),
        };
        if (!splits) return emitRows(f, spec);
        // Level 0 is axis 0, or that axis together with others that are kept.
        const from = f.local("i32"), to = f.let(i32.mul(parameters.count, lengths[0]! / shape[0]!));
        emitRows(f, spec, { from, to });
      }),
  );
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(builder.toBytes()), {
    engine: { memory, ...SLOW_FUNCTIONS },
  });
  return { splits, run: exports.run as RowsKernel["run"] }; // exported under this name, with this signature
}
