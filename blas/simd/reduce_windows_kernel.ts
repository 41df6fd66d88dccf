/**
 * The kernels that reduce many small windows, one for each element of the result.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../dtype.ts";
import { accumulatorType, IDENTITY, type Reduction } from "../reduction.ts";
import { f32x4, type FunctionBuilder, i32, type Local, ModuleBuilder, v128 } from "../wasm/mod.ts";
import { importEngineMemory } from "./engine_memory.ts";
import { FLOAT_VECTORS, laneInstructionsOf, shuffle, type Vector } from "./lane_instructions.ts";
import { joinerOf, widen } from "./reduce_kernel.ts";

/** The axes of the result that one call walks along, and those of a window. */
export const WINDOW_AXES = 3;

/**
 * Reduces windows: `address` is that of the first element, `target` where results go, side by side. Three axes of the result
 * follow, the innermost last, each with its length and the step of the elements in bytes, and three axes of a window.
 * Sums and products are accumulated in float64.
 */
export type WindowsKernel = (address: number, target: number, ...axes: readonly number[]) => void;

/** Makes the kernel of a reduction for a dtype. */
export function makeWindowsKernel(memory: WebAssembly.Memory, reduction: Reduction, dtype: DType): WindowsKernel {
  const module = new WebAssembly.Module(windowsKernelBytes(reduction, dtype));
  const { exports } = new WebAssembly.Instance(module, { engine: { memory } });
  return exports.windows as WindowsKernel; // exported under this name, with this signature
}

/** Returns the module of a reduction's kernel. */
export function windowsKernelBytes(reduction: Reduction, dtype: DType): Uint8Array<ArrayBuffer> {
  const builder = new ModuleBuilder();
  importEngineMemory(builder);
  builder.named(`${reduction} windows ${dtype}`, () => buildWindows(builder, reduction, dtype));
  return builder.toBytes();
}

/** An axis: its length, and its step in bytes. */
type Axis = { readonly length: Local<"i32">; readonly step: Local<"i32"> };

const NAMES = ["n2", "s2", "n1", "s1", "n0", "s0", "m2", "t2", "m1", "t1", "m0", "t0"] as const;

/** Builds the kernel `windows`. */
export function buildWindows(builder: ModuleBuilder, reduction: Reduction, dtype: DType): void {
  const { bytes, count } = laneInstructionsOf(dtype, false);
  // One entry for each name.
  const axes = Object.fromEntries(NAMES.map((name) => [name, "i32" as const])) as {
    readonly [K in typeof NAMES[number]]: "i32";
  };
  builder.function({ name: "windows", parameters: { address: "i32", target: "i32", ...axes } }, (f, given) => {
    const { address, target, n2, s2, n1, s1, n0, s0 } = given;
    const window: readonly Axis[] = [
      { length: given.m2, step: given.t2 },
      { length: given.m1, step: given.t1 },
      { length: given.m0, step: given.t0 },
    ];
    const from1 = f.local("i32"), from0 = f.local("i32"), done = f.local("i32");
    const offsets = Array.from({ length: count - 1 }, (_, k) => f.let(i32.mul(s0, k + 1)));
    /** Reduces the windows of `group` neighbours as long as that many are left. */
    const row = (group: number, load: (at: Local<"i32">) => Vector): void =>
      f.for({ counter: done, to: i32.sub(n0, group - 1), step: group }, () => {
        const result = reduceWindow(f, { reduction, dtype, window, from: from0, load });
        f.do(group === 1 ? laneInstructionsOf(dtype, false).storeLane(target, result, 0) : v128.store(target, result));
        f.increment(target, bytes * group);
        f.increment(from0, i32.mul(s0, group));
      });
    f.for({ to: n2 }, () => {
      f.set(from1, address);
      f.for({ to: n1 }, () => {
        f.set(from0, from1);
        f.set(done, 0);
        f.if(
          i32.eq(s0, bytes),
          () => row(count, (at) => v128.load(at)),
          () => row(count, (at) => separate(dtype, at, offsets)),
        );
        row(1, (at) => laneInstructionsOf(dtype, false).loadSplat(at));
        f.increment(from1, s1);
      });
      f.increment(address, s2);
    });
  });
}

/** Loads elements that lie apart from each other. */
function separate(dtype: DType, at: Local<"i32">, offsets: readonly Local<"i32">[]): Vector {
  const insert = dtype === "float32" ? v128.load32_lane : v128.load64_lane;
  const first = dtype === "float32" ? v128.load32_zero(at) : v128.load64_zero(at);
  return offsets.reduce<Vector>((v, offset, k) => insert(i32.add(at, offset), v, k + 1), first);
}

/** One window in each lane: where they begin, and how to load an element of each. */
type Windows = {
  readonly reduction: Reduction;
  readonly dtype: DType;
  readonly window: readonly Axis[];
  readonly from: Local<"i32">;
  readonly load: (at: Local<"i32">) => Vector;
};

function reduceWindow(f: FunctionBuilder, { reduction, dtype, window, from, load }: Windows): Vector {
  const type = accumulatorType(reduction, dtype), join = joinerOf(reduction, dtype);
  const results = Array.from({ length: BYTES_PER_ELEMENT[type] / BYTES_PER_ELEMENT[dtype] }, () => f.local("v128"));
  results.forEach((result) => f.set(result, FLOAT_VECTORS[type].const(IDENTITY[reduction])));
  const visit = (axis: number, start: Local<"i32">): void => {
    if (axis < window.length) {
      const { length, step } = window[axis]!, at = f.let(start);
      f.for({ to: length }, () => {
        visit(axis + 1, at);
        f.increment(at, step);
      });
      return;
    }
    const parts = results.length === 1 ? [load(start)] : widen(dtype, f.let(load(start)));
    parts.forEach((part, k) => f.set(results[k]!, join(results[k]!, part)));
  };
  visit(0, from);
  if (results.length === 1) return results[0]!;
  const [low, high] = results.map((result) => f.let(f32x4.demote_f64x2_zero(result)));
  return f.let(shuffle(low!, high!, [0, 1, 4, 5]));
}
