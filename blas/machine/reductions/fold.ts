/**
 * Combining the lanes of one vector with each other.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import type { Lanes } from "../code/lanes.ts";

/** Combines two vectors lane by lane; `to` may be one of them. */
export type Join = (to: Vector, x: Vector, y: Vector) => void;

/** Combines all lanes of a vector: afterwards, each lane has the result. */
export function foldLanes(lanes: Lanes, x: Vector, join: Join): void {
  const { code, bits, dtype } = lanes, { assembler } = code, other = code.vector();
  if (bits === 512) {
    for (const immediate of [0x4e, 0xb1]) {
      assembler.vector("binary", "vshuff64x2", 512, [other, x, x], { immediate });
      join(x, x, other);
    }
  } else if (bits === 256) {
    assembler.vector("binary", "vperm2f128", 256, [other, x, x], { immediate: 1 });
    join(x, x, other);
  }
  if (dtype === "float64") {
    assembler.vector("unary", "vpermilpd", bits, [other, x], { immediate: 0x55 });
    join(x, x, other);
  } else {
    for (const immediate of [0x4e, 0xb1]) {
      assembler.vector("unary", "vpermilps", bits, [other, x], { immediate });
      join(x, x, other);
    }
  }
  code.free(other);
}

/** Combines registers in pairs, and the pairs in pairs: the result is in the first. */
export function foldRegisters(registers: readonly Vector[], join: Join): Vector {
  for (let count = registers.length; count > 1; count = Math.ceil(count / 2)) {
    const half = Math.ceil(count / 2);
    for (let k = half; k < count; k++) join(registers[k - half]!, registers[k - half]!, registers[k]!);
  }
  return registers[0]!;
}
