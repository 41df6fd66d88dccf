/**
 * Sums in float64 beside those of tiles: adding many parts of a long sum in float32 would lose digits.
 *
 * @module
 */
import type { Vector } from "../assembler/registers.ts";
import type { Code } from "../code/code.ts";
import { Lanes } from "../code/lanes.ts";
import { type Access, at, type Pointer } from "../code/regions.ts";

/** Adds a vector of float32 to numbers of float64 in memory. The register, and a spare one, are used up. */
export function addWide(code: Code, lanes: Lanes, sum: Vector, place: Access, spare: Vector): void {
  const { assembler } = code, { bits } = lanes, doubles = new Lanes(code, "float64", bits);
  for (const half of [0, 1]) {
    if (half === 1) upperHalf(code, bits, sum);
    assembler.vector("unary", "vcvtps2pd", bits, [spare, sum]);
    const to = at(place.pointer, place.offset + half * doubles.width);
    doubles.binary("add", spare, spare, to);
    doubles.store(to, spare);
  }
}

/** Moves the upper half of a register to its lower half. */
function upperHalf({ assembler }: Code, bits: Lanes["bits"], register: Vector): void {
  if (bits === 512) assembler.vector("store", "vextractf64x4", 512, [register, register], { immediate: 1 });
  else assembler.vector("store", "vextractf128", 256, [register, register], { immediate: 1 });
}

/** Rounds so many contiguous numbers of float64, a multiple of the lanes of float32, in place of the first half of them. */
export function narrow(code: Code, lanes: Lanes, count: number, from: Pointer, to: Pointer): void {
  const { assembler } = code, { bits } = lanes, doubles = new Lanes(code, "float64", bits), x = code.vector();
  const half = doubles.count;
  code.loop(count / half, [[from, doubles.width], [to, doubles.width / 2]], () => {
    doubles.load(x, at(from));
    assembler.vector("unary", "vcvtpd2ps", bits, [x, x]);
    new Lanes(code, "float32", bits === 512 ? 256 : 128).store(at(to), x);
  });
  code.free(x);
}
