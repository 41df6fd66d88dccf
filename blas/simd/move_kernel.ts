/**
 * The kernel that moves elements of any strides from one place of memory to another.
 *
 * @module
 */
import {
  call,
  constant,
  type FunctionBuilder,
  i32,
  type Label,
  type Local,
  type ModuleBuilder,
  select,
  v128,
} from "../wasm/mod.ts";
import { type LaneInstructions, shuffle } from "./lane_instructions.ts";
import type { KernelModule } from "./kernels.ts";
import { buildPackRows } from "./pack_kernel.ts";

/** The number of axes that one call walks along. */
export const MOVE_AXES = 4;

/** Elements that one iteration of the loop for arbitrary steps moves. */
const UNROLL = 4;

/**
 * The number of rows of a matrix that are transposed together, if they have at least this many columns: a cache line
 * that is partly written is not evicted before the rest of it is written, even where rows are 4096 bytes apart.
 */
const TRANSPOSED_ROWS = 16, TRANSPOSED_COLUMNS = 32;

/** One row: pointers that may be changed, its length, and the steps between its elements in bytes. */
type Row = {
  readonly from: Local<"i32">;
  readonly to: Local<"i32">;
  readonly count: Local<"i32">;
  readonly fromStep: Local<"i32">;
  readonly toStep: Local<"i32">;
};

/** The kernels that move elements. */
export const COPY_KERNELS: KernelModule = { name: "copy", build: buildMove };

/**
 * Builds `transpose`, which is {@link buildPackRows}, and `move(source, target, n3, s3, t3, n2, s2, t2, n1, s1, t1, n0, s0, t0)`:
 * copies elements of four axes, the innermost last, each with its length and the steps of source and target in bytes. It
 * may read, but not write, up to 16 bytes on either side of the source.
 */
export function buildMove(m: ModuleBuilder, lanes: LaneInstructions): void {
  const transpose = buildPackRows(m, lanes, "transpose"), { bytes } = lanes;
  const axes = [3, 2, 1, 0].flatMap((axis) => [`n${axis}`, `s${axis}`, `t${axis}`]);
  const parameters = Object.fromEntries(["source", "target", ...axes].map((name) => [name, "i32" as const]));
  m.function({ name: "move", parameters }, (f, given) => {
    // The parameters have these names.
    const { source, target, n0, s0, t0, n1, s1, t1, n2, s2, t2, n3, s3, t3 } = given as Required<typeof given>;
    // One axis is contiguous in the source, and another one in the target.
    const transposes = f.let(i32.and(i32.and(i32.eq(s1!, bytes), i32.eq(t0!, bytes)), i32.ne(s0!, bytes)));
    f.for({ to: n3! }, () => {
      const from2 = f.let(source!), to2 = f.let(target!);
      f.for({ to: n2! }, () => {
        f.if(transposes, () => {
          const group = f.let(select(i32.ge_s(n0!, TRANSPOSED_COLUMNS), constant("i32", TRANSPOSED_ROWS), n1!));
          const from1 = f.let(from2),
            to1 = f.let(to2),
            across = f.let(i32.mul(group, s1!)),
            down = f.let(i32.mul(group, t1!));
          f.for({ to: n1!, step: group }, (i) => {
            const left = f.let(i32.sub(n1!, i)), rows = select(i32.lt_s(left, group), left, group);
            f.do(call(transpose, from1, s1!, s0!, rows, n0!, to1, t1!));
            f.increment(from1, across);
            f.increment(to1, down);
          });
        }, () => {
          const from1 = f.let(from2), to1 = f.let(to2);
          f.for({ to: n1! }, () => {
            moveRow(f, lanes, { from: f.let(from1), to: f.let(to1), count: n0!, fromStep: s0!, toStep: t0! });
            f.increment(from1, s1!);
            f.increment(to1, t1!);
          });
        });
        f.increment(from2, s2!);
        f.increment(to2, t2!);
      });
      f.increment(source!, s3!);
      f.increment(target!, t3!);
    });
  });
}

/** Moves a row: in whole vectors if its elements are adjacent in the target, and the rest one by one. */
function moveRow(f: FunctionBuilder, lanes: LaneInstructions, { from, to, count, fromStep, toStep }: Row): void {
  const { bytes, scalar } = lanes, done = f.local("i32");
  f.set(done, 0);
  f.block((exit) => {
    f.if(i32.ne(toStep, bytes), () => f.branch(exit));
    moveVectors(f, lanes, { from, to, count, fromStep, toStep }, done, exit);
  });
  f.for({ counter: done, to: i32.sub(count, UNROLL - 1), step: UNROLL }, () => {
    for (let k = 0; k < UNROLL; k++) {
      f.do(scalar.store(to, scalar.load(from)));
      f.increment(from, fromStep);
      f.increment(to, toStep);
    }
  });
  f.for({ counter: done, to: count }, () => {
    f.do(scalar.store(to, scalar.load(from)));
    f.increment(from, fromStep);
    f.increment(to, toStep);
  });
}

/** Emits a loop over vectors for each step at which they can be read; `done` counts the elements that have been moved. */
function moveVectors(f: FunctionBuilder, lanes: LaneInstructions, row: Row, done: Local<"i32">, exit: Label): void {
  const { bytes, count: lane } = lanes,
    { from, to, count, fromStep } = row,
    all = Array.from({ length: lane }, (_, k) => k);
  const ways = [
    { step: 1, read: () => v128.load(from), ahead: 16 },
    {
      step: 2,
      read: () => shuffle(v128.load(from), v128.load(from, 16), all.map((k) => 2 * k)),
      ahead: 32,
    },
    {
      step: -1,
      read: () => {
        const v = f.let(v128.load(i32.sub(from, 16 - bytes)));
        return shuffle(v, v, all.toReversed());
      },
      ahead: -16,
    },
    { step: 0, read: () => lanes.loadSplat(from), ahead: 0 },
  ];
  for (const { step, read, ahead } of ways) {
    f.if(i32.eq(fromStep, step * bytes), () => {
      f.for({ counter: done, from: 0, to: i32.sub(count, lane - 1), step: lane }, () => {
        f.do(v128.store(to, read()));
        f.increment(from, ahead);
        f.increment(to, 16);
      });
      f.branch(exit);
    });
  }
}
