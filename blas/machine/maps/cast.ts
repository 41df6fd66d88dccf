/**
 * Casts of programs in machine code.
 *
 * @module
 */
import type { CastOperation } from "../../program/operations/cast.ts";
import { isPlain } from "../../program/operand.ts";
import { sizeOf } from "../../shape.ts";
import { Lanes } from "../code/lanes.ts";
import { at } from "../code/regions.ts";
import type { MachineLowering } from "../program/lowering.ts";

/** Prepares a cast of elements that lie side by side. */
export const lowerCast: MachineLowering<CastOperation> = ({ operand }, results, bits) => {
  const { dtype } = results[0]!, size = sizeOf(operand.shape), isWidening = dtype === "float64";
  if (bits === 128 || size === 0 || !isPlain({ ...operand, offset: 0 })) return undefined;
  return {
    workspace: 0,
    inPlace: false,
    emit: (code, { value, results: [result] }) => {
      const half = bits === 512 ? 256 : 128, x = code.vector(), { assembler } = code;
      const lanes = (one: "float32" | "float64", width: typeof bits) =>
        new Lanes(code, one, one === "float64" ? width : half);
      const [from, to] = isWidening
        ? [lanes("float32", bits), lanes("float64", bits)]
        : [lanes("float64", bits), lanes("float32", bits)];
      const source = code.pointer(value(operand.value), operand.offset * from.bytes), target = code.pointer(result!);
      const name = isWidening ? "vcvtps2pd" : "vcvtpd2ps",
        turns = Math.floor(size / from.count),
        rest = size % from.count;
      code.loop(turns, [[source, from.width], [target, to.width]], () => {
        from.load(x, at(source));
        assembler.vector("unary", name, bits, [x, x]);
        to.store(at(target), x);
      });
      for (let k = 0; k < rest; k++) {
        from.loadOne(x, at(source, k * from.bytes));
        assembler.vector("unary", name, 128, [x, x]);
        to.storeOne(at(target, k * to.bytes), x);
      }
      code.free(x, source, target);
    },
  };
};
