/**
 * Vector instructions of one width and one dtype, whose memory operands are checked.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { VectorOptions } from "../assembler/assembler.ts";
import type { Datum } from "../assembler/operands.ts";
import type { Bits, Mask, Vector } from "../assembler/registers.ts";
import type { Form, Source } from "../assembler/forms.ts";
import type { NameOf } from "../assembler/vector_instructions.ts";
import type { Code } from "./code.ts";
import type { Access } from "./regions.ts";

type Stem<N, All> = N extends `v${infer Name}ps` ? `v${Name}pd` extends All ? Name : never : never;

/** The names of instructions that both dtypes have, without the `v` before them and the dtype behind them. */
export type LaneName<F extends Form> = Stem<NameOf<F>, NameOf<F>>;

/** What a vector instruction may read: a register, a constant, or a vector in memory. */
export type LaneSource = Vector | Datum | Access;

/** The first lanes of a vector, fewer than all. */
export type Edge = {
  readonly count: number;
  /** A mask register of AVX-512; with AVX2 a vector whose lanes have their sign set. */
  readonly mask: Mask | Vector;
};

/** What a comparison gives, and a selection reads: a mask register of AVX-512; with AVX2 a vector of ones and zeros. */
export type Flags = Mask | Vector;

/** The comparisons, by their encoding; all but `different` and those of names with `not` are false for NaN. */
const COMPARISONS = {
  equal: 0x00,
  different: 0x04,
  less: 0x11,
  lessOrEqual: 0x12,
  notLess: 0x15,
  greater: 0x1e,
  greaterOrEqual: 0x1d,
  notGreater: 0x1a,
  unordered: 0x03,
  ordered: 0x07,
} as const;

/** The name of a comparison. */
export type Comparison = keyof typeof COMPARISONS;

/** Vector instructions on lanes of a dtype. */
export class Lanes {
  /** Bytes of a lane, lanes of a vector, and bytes of a vector. */
  readonly bytes: number;
  readonly count: number;
  readonly width: number;
  readonly #suffix: "ps" | "pd";

  constructor(readonly code: Code, readonly dtype: DType, readonly bits: Bits = code.bits) {
    this.bytes = BYTES_PER_ELEMENT[dtype];
    this.width = bits / 8;
    this.count = this.width / this.bytes;
    this.#suffix = dtype === "float32" ? "ps" : "pd";
  }

  /** Computes with two operands, or with three, the first of which is the result: `vfmadd231` adds `x * y` to it. */
  binary(name: LaneName<"binary">, to: Vector, x: Vector, y: LaneSource, options?: VectorOptions): void {
    const { assembler } = this.code;
    assembler.vector("binary", `v${name}${this.#suffix}`, this.bits, [to, x, this.#source(y)], options);
  }

  /** Computes with one operand. */
  unary(name: LaneName<"unary">, to: Vector, x: LaneSource, options?: VectorOptions): void {
    this.code.assembler.vector("unary", `v${name}${this.#suffix}`, this.bits, [to, this.#source(x)], options);
  }

  /** Adds `x * y` to a register. */
  multiplyAdd(to: Vector, x: Vector, y: LaneSource): void {
    this.binary("fmadd231", to, x, y);
  }

  /** Adds `x` times one element in memory to a register (AVX-512). */
  multiplyAddRepeated(to: Vector, x: Vector, y: Access): void {
    const from = this.code.operand(y, this.bytes, false);
    this.code.assembler.vector("binary", `vfmadd231${this.#suffix}`, this.bits, [to, x, from], { broadcast: true });
  }

  /** Copies a register. */
  move(to: Vector, from: Vector): void {
    if (to !== from) {
      this.code.assembler.vector("unary", `vmovap${this.#suffix === "ps" ? "s" : "d"}`, this.bits, [to, from]);
    }
  }

  /** Sets all lanes to 0. */
  zero(to: Vector): void {
    // A short instruction of 128 bits clears the rest of the register.
    if (to.number < 16) this.code.assembler.vector("binary", "vxorps", 128, [to, to, to]);
    else this.code.assembler.vector("binary", "vpxord", 512, [to, to, to]);
  }

  /** Sets all lanes to a number. */
  set(to: Vector, value: number): void {
    if (Object.is(value, 0)) this.zero(to);
    else {this.code.assembler.vector("unary", this.#named("vbroadcasts"), this.#broadcastBits(), [
        to,
        this.element(value),
      ]);}
  }

  /** Loads a vector, or the lanes of an edge, the others of which become 0. */
  load(to: Vector, from: Access, edge?: Edge): void {
    const { assembler } = this.code, name = `vmovup${this.#suffix === "ps" ? "s" : "d"}` as const;
    if (edge === undefined) {
      return assembler.vector("unary", name, this.bits, [to, this.code.operand(from, this.width, false)]);
    }
    const place = this.code.operand(from, edge.count * this.bytes, false), { mask } = edge;
    if (mask.kind === "mask") assembler.vector("unary", name, this.bits, [to, place], { mask, zero: true });
    else assembler.vector("binary", `vmaskmov${this.#suffix}`, this.bits, [to, mask, place]);
  }

  /** Stores a vector, or the lanes of an edge. */
  store(to: Access, from: Vector, edge?: Edge): void {
    const { assembler } = this.code, name = `vmovup${this.#suffix === "ps" ? "s" : "d"}` as const;
    if (edge === undefined) {
      return assembler.vector("store", name, this.bits, [this.code.operand(to, this.width, true), from]);
    }
    const place = this.code.operand(to, edge.count * this.bytes, true), { mask } = edge;
    if (mask.kind === "mask") assembler.vector("store", name, this.bits, [place, from], { mask });
    else assembler.vector("maskedStore", `vmaskmov${this.#suffix}`, this.bits, [place, mask, from]);
  }

  /** Loads one element into all lanes. */
  repeat(to: Vector, from: Access): void {
    const place = this.code.operand(from, this.bytes, false);
    this.code.assembler.vector("unary", this.#named("vbroadcasts"), this.#broadcastBits(), [to, place]);
  }

  /** Loads one element into the first lane; the others become 0. */
  loadOne(to: Vector, from: Access): void {
    const place = this.code.operand(from, this.bytes, false);
    this.code.assembler.vector("unary", this.#named("vmovs"), 128, [to, place]);
  }

  /** Stores the first lane. */
  storeOne(to: Access, from: Vector): void {
    const place = this.code.operand(to, this.bytes, true);
    this.code.assembler.vector("store", this.#named("vmovs"), 128, [place, from]);
  }

  /** Returns a constant with a number in all lanes, which instructions can read. */
  constant(value: number): Datum {
    return this.data(Array.from({ length: this.count }, () => value));
  }

  /** Returns a constant of one element. */
  element(value: number): Datum {
    return this.data([value]);
  }

  /** Returns a constant with these numbers. */
  data(values: readonly number[]): Datum {
    const numbers = this.dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    return this.code.assembler.datum(new Uint8Array(numbers.buffer));
  }

  /** Returns a constant with an integer of a lane's size in all lanes. */
  integer(value: bigint): Datum {
    const { count } = this;
    const numbers = this.dtype === "float32"
      ? new Int32Array(count).fill(Number(BigInt.asIntN(32, value)))
      : new BigInt64Array(count).fill(BigInt.asIntN(64, value));
    return this.code.assembler.datum(new Uint8Array(numbers.buffer));
  }

  /** Takes a register that names the first `count` lanes; `release` gives it back. */
  edge(count: number): Edge {
    const { code } = this, { assembler } = code;
    if (this.bits === 512) {
      const mask = code.mask(), bits = code.general();
      assembler.set(bits, 2 ** count - 1);
      assembler.moveMask(mask, bits);
      code.free(bits);
      return { count, mask };
    }
    const mask = code.vector(), words = this.bytes / 4;
    const lanes = Int32Array.from({ length: this.count * words }, (_, k) => Math.floor(k / words) < count ? -1 : 0);
    assembler.vector("unary", "vmovups", this.bits, [mask, assembler.datum(new Uint8Array(lanes.buffer))]);
    return { count, mask };
  }

  /** Gives the register of an edge back. */
  release(edge: Edge): void {
    this.code.free(edge.mask);
  }

  /** Takes a register for what a comparison gives. */
  flags(): Flags {
    return this.bits === 512 ? this.code.mask() : this.code.vector();
  }

  /** Compares lane by lane. */
  compare(how: Comparison, to: Flags, x: Vector, y: LaneSource): void {
    const immediate = COMPARISONS[how],
      name = `vcmp${this.#suffix}` as const,
      { assembler } = this.code,
      from = this.#source(y);
    if (to.kind === "mask") assembler.vector("compare", name, this.bits, [to, x, from], { immediate });
    else assembler.vector("binary", name, this.bits, [to, x, from], { immediate });
  }

  /** Sets the processor's flags: not zero if a flag of any lane is set. */
  testAny(flags: Flags): void {
    const { assembler } = this.code;
    if (flags.kind === "mask") return assembler.testMasks(flags, flags);
    const signs = this.code.general();
    assembler.vector("signs", `vmovmsk${this.#suffix}`, this.bits, [signs, flags]);
    assembler.arithmetic("and", signs, signs);
    this.code.free(signs);
  }

  /** Sets lanes to `then` where the flags are set, and to `otherwise` where they are not. */
  select(to: Vector, flags: Flags, then: LaneSource, otherwise: Vector): void {
    const { assembler } = this.code, from = this.#source(then);
    if (flags.kind === "mask") {
      assembler.vector("binary", `vblendm${this.#suffix}`, this.bits, [to, otherwise, from], { mask: flags });
    } else if (this.bits !== 512) assembler.blend(`vblendv${this.#suffix}`, this.bits, [to, otherwise, from], flags);
  }

  /** Returns the operand of a source. */
  #source(from: LaneSource): Source {
    return from.kind === "access" ? this.code.operand(from, this.width, false) : from;
  }

  /** Puts the dtype's letter behind a name. */
  #named<N extends string>(name: N): `${N}s` | `${N}d` {
    return this.dtype === "float32" ? `${name}s` : `${name}d`;
  }

  /** A double cannot be repeated in 128 bits by the instruction that does it in 256. */
  #broadcastBits(): Bits {
    return this.dtype === "float64" && this.bits === 128 ? 256 : this.bits;
  }
}
