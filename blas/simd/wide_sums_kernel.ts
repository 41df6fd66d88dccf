/**
 * The kernels that carry sums over from float32 to float64, and back.
 *
 * @module
 */
import { type Callable, f32, f32x4, f64, f64x2, i32, type ModuleBuilder, v128 } from "../wasm/mod.ts";
import { type LaneInstructions, shuffle } from "./lane_instructions.ts";

/**
 * Builds, for contiguous sums, which are float32 in one place and float64 in another; sums that are float64 themselves never
 * need them:
 *
 * - `carry(n, x, y)`: `y = x + y` and `x = 0`, where `y` is float64;
 * - `narrow(n, x, y)`: `y = x`, where `x` is float64.
 */
export function buildWideSums(builder: ModuleBuilder, { type }: LaneInstructions): void {
  if (type === "f64") return;
  buildCarry(builder, "carry");
  buildNarrow(builder);
}

const SUMS_OF = { n: "i32", x: "i32", y: "i32" } as const;

/** Builds the addition of float32 sums to float64 ones, `carry` above, as a function of this name, if any. */
export function buildCarry(builder: ModuleBuilder, name?: string): Callable<"none"> {
  return builder.function({ name, parameters: SUMS_OF }, (f, { n, x, y }) => {
    const i = f.local("i32");
    f.for({ counter: i, from: 0, to: i32.sub(n, 3), step: 4 }, () => {
      const four = f.let(v128.load(x));
      [four, f.let(shuffle(four, four, [1, 1]))].forEach((two, half) =>
        f.do(v128.store(y, f64x2.add(v128.load(y, 16 * half), f64x2.promote_low_f32x4(two)), 16 * half))
      );
      f.do(v128.store(x, f32x4.const(0)));
      f.increment(x, 16);
      f.increment(y, 32);
    });
    f.for({ counter: i, to: n }, () => {
      f.do(f64.store(y, f64.add(f64.load(y), f64.promote_f32(f32.load(x)))), f32.store(x, 0));
      f.increment(x, 4);
      f.increment(y, 8);
    });
  });
}

/** Builds the rounding of float64 sums to float32. */
function buildNarrow(builder: ModuleBuilder): void {
  builder.function({ name: "narrow", parameters: SUMS_OF }, (f, { n, x, y }) => {
    f.for({ to: n }, () => {
      f.do(f32.store(y, f32.demote_f64(f64.load(x))));
      f.increment(x, 8);
      f.increment(y, 4);
    });
  });
}
