/**
 * Packing whole panels, by functions that convolutions of different sizes share.
 *
 * @module
 */
import type { LaneInstructions } from "../../lane_instructions.ts";
import {
  call,
  type Callable,
  type FunctionBuilder,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from "../../../wasm/mod.ts";
import { least, type UnitRange } from "../shares.ts";
import type { Packing } from "./pack.ts";
import { columnsOf } from "./partial_vector.ts";

/** Bytes of a row of a panel. */
const ROW = 32;

/** Tells whether a shared function packs a matrix: its columns must fill panels, and must not be side by side. */
export const isSharedPack = ({ n, b }: Packing, { bytes }: LaneInstructions): boolean =>
  n % (ROW / bytes) === 0 && b.column > 1;

/**
 * Emits the packing of some units of a matrix.
 *
 * @param together The number of panels in a unit.
 */
export function emitSharedPack(
  f: FunctionBuilder,
  m: ModuleBuilder,
  lanes: LaneInstructions,
  { n, k, b, step = ROW, panel = step * k }: Packing,
  { from, to }: UnitRange,
  source: Local<"i32">,
  target: Local<"i32">,
  together: number,
): void {
  const { bytes } = lanes, width = ROW / bytes, first = f.let(i32.mul(from, together));
  const end = least(f, f.let(i32.mul(to, together)), n / width);
  const read = i32.add(source, i32.mul(first, width * b.column * bytes)),
    write = i32.add(target, i32.mul(first, panel));
  const panels = i32.sub(end, first), pack = functionOf(m, lanes, b.row === 1);
  f.do(call(pack, read, write, panels, k, b.row * bytes, b.column * bytes, step, panel));
}

const functions = new WeakMap<ModuleBuilder, Map<string, Callable<"none">>>();

function functionOf(m: ModuleBuilder, lanes: LaneInstructions, alongRows: boolean): Callable<"none"> {
  const known = functions.get(m) ?? new Map<string, Callable<"none">>(), key = `${lanes.bytes} ${alongRows}`;
  functions.set(m, known);
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = buildSharedPack(m, lanes, alongRows);
  known.set(key, made);
  return made;
}

/**
 * Builds a function that packs panels.
 *
 * @param alongRows Whether the elements of a column are contiguous: vectors of them are turned.
 */
function buildSharedPack(m: ModuleBuilder, lanes: LaneInstructions, alongRows: boolean): Callable<"none"> {
  const { bytes, count } = lanes;
  const parameters = {
    source: "i32",
    target: "i32",
    panels: "i32",
    k: "i32",
    row: "i32",
    column: "i32",
    step: "i32",
    panel: "i32",
  } as const;
  return m.function({ parameters }, (f, { source, target, panels, k, row, column, step, panel }) => {
    const read = f.local("i32"), write = f.local("i32"), left = f.local("i32"), value = f.local("v128");
    const zero = f.constant(v128.const(new Array<number>(16).fill(0)));
    const columns: Local<"i32">[] = [read];
    for (let lane = 1; lane < count; lane++) columns.push(f.local("i32"));
    /** Emits a loop over rows, `many` at a time. */
    function rows(many: number, body: () => void) {
      return f.while(i32.ge_s(left, many), () => {
        for (let lane = 1; lane < count; lane++) f.set(columns[lane]!, i32.add(columns[lane - 1]!, column));
        body();
        f.increment(read, many === 1 ? row : ROW / 2);
        f.increment(left, -many);
      });
    }
    f.while(i32.gt_s(panels, 0), () => {
      for (let half = 0; half < ROW; half += 16) {
        f.set(read, half === 0 ? source : i32.add(source, i32.mul(column, half / bytes)));
        f.set(write, target);
        f.set(left, k);
        if (alongRows) {
          rows(count, () => {
            for (const vector of columnsOf(f, lanes, columns.map((at) => f.let(v128.load(at))))) {
              f.do(v128.store(write, vector, half));
              f.increment(write, step);
            }
          });
        }
        rows(1, () => {
          f.set(value, zero);
          for (let lane = 0; lane < count; lane++) {
            const load = bytes === 8 ? v128.load64_lane : v128.load32_lane;
            f.set(value, load(columns[lane]!, value, lane, 0));
          }
          f.do(v128.store(write, value, half));
          f.increment(write, step);
        });
      }
      f.increment(source, i32.mul(column, ROW / bytes));
      f.increment(target, panel);
      f.increment(panels, -1);
    });
  });
}
