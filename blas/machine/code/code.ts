/**
 * Code that computes on regions of memory: registers, pointers and loops.
 *
 * @module
 */
import { Assembler, type Condition, type Label } from "../assembler/assembler.ts";
import { type Memory, memory } from "../assembler/operands.ts";
import { type Bits, type General, type Mask, RDI, RSP, type Vector } from "../assembler/registers.ts";
import { writeFunction } from "./function_frame.ts";
import { Pointers } from "./pointers.ts";
import { RegisterPool } from "./register_pool.ts";
import { type Access, checkAccess, type Counter, overTurns, type Pointer, type Region, shifted } from "./regions.ts";

/** A pointer that moves by so many bytes after each turn of a loop. */
export type Move = readonly [pointer: Pointer, bytes: number];

/** Where so few general-purpose registers are free, loops count in memory: pointers need registers more. */
const SCARCE = 3;

/** Counters in memory: the 128 bytes below the stack pointer are left alone by the system. */
const MOST_COUNTERS = 16;

/** Loops begin at multiples of this many bytes. */
const LOOP_ALIGNMENT = 32;

/** The code of one function. */
export class Code {
  readonly #pool: RegisterPool;
  readonly #pointers: Pointers;
  #counters = 0;
  #refused: Label | undefined;

  /**
   * @param bits The widest vectors that it may use.
   * @param assembler Where it writes its instructions.
   */
  constructor(readonly bits: Bits, readonly assembler: Assembler = new Assembler()) {
    this.#pool = new RegisterPool(bits);
    this.#pointers = new Pointers(assembler, this.#pool);
  }

  /** How many general-purpose registers are free. */
  get freeGenerals(): number {
    return this.#pool.count("general");
  }

  /** How many vector registers are free. */
  get freeVectors(): number {
    return this.#pool.count("vector");
  }

  /** The fewest vector registers that have been free so far. */
  get leastFreeVectors(): number {
    return this.#pool.leastVectors;
  }

  /** Takes a general-purpose register. */
  general(): General {
    return this.#pool.take("general");
  }

  /** Takes a vector register. */
  vector(): Vector {
    return this.#pool.take("vector");
  }

  /** Takes so many vector registers. */
  vectors(count: number): readonly Vector[] {
    return Array.from({ length: count }, () => this.vector());
  }

  /** Takes a mask register (AVX-512). */
  mask(): Mask {
    return this.#pool.take("mask");
  }

  /** Gives registers and pointers back. */
  free(...given: readonly (General | Vector | Mask | Pointer)[]): void {
    for (const one of given) {
      if (one.kind === "pointer") this.#pointers.free(one);
      else this.#pool.give(one);
    }
  }

  /** Makes a pointer to an offset in a region. */
  pointer(region: Region, offset = 0): Pointer {
    const { assembler } = this, register = this.general(), place = region.address + offset;
    if (region.slot !== undefined) {
      assembler.load(register, memory(RDI, 8 * region.slot));
      if (place !== 0) assembler.lea(register, memory(register, place));
    } else if (place < 2 ** 31) assembler.lea(register, memory(RDI, place));
    else {
      assembler.set(register, place);
      assembler.arithmetic("add", register, RDI);
    }
    if (region.shift !== undefined) {
      const by = this.general();
      assembler.load32(by, memory(RDI, region.shift));
      assembler.arithmetic("add", register, by);
      this.free(by);
    }
    return this.#pointers.make(region, register, { least: offset, most: offset });
  }

  /** Makes a pointer that is `step` bytes further on for each number that a counter has. */
  pointerAlong(region: Region, offset: number, counter: Counter, step: number): Pointer {
    return this.#along(this.pointer(region, offset), counter, step);
  }

  /** Makes another pointer to the place of an access, `step` bytes further on for each number that a counter has. */
  pointerToAlong(access: Access, counter: Counter, step: number): Pointer {
    return this.#along(this.pointerTo(access), counter, step);
  }

  #along(pointer: Pointer, { register: from, extent }: Counter, step: number): Pointer {
    if (step === 0) return pointer;
    const { least, most } = this.#pointers.extentOf(pointer),
      by = this.general(),
      ends = [extent.least * step, extent.most * step];
    this.assembler.multiply(by, from, step);
    this.assembler.arithmetic("add", pointer.register, by);
    this.free(by);
    this.#pointers.setExtent(pointer, { least: least + Math.min(...ends), most: most + Math.max(...ends) });
    return pointer;
  }

  /** Makes another pointer to the place of an access. */
  pointerTo({ pointer, offset, index, scale }: Access): Pointer {
    const register = this.general(), known = this.#pointers.extentOf(pointer);
    const far = index === undefined ? { least: 0, most: 0 } : index.extent;
    const from = this.#pointers.inRegister(pointer, register);
    this.assembler.lea(register, memory(from, offset, index?.register, scale));
    return this.#pointers.make(pointer.region, register, {
      least: known.least + offset + far.least * scale,
      most: known.most + offset + far.most * scale,
    });
  }

  /** Points a pointer to the place of an access in the same region, instead of where it pointed. */
  repoint(pointer: Pointer, { pointer: from, offset }: Access): void {
    if (pointer.region !== from.region) {
      throw new Error(`Cannot point a pointer of ${pointer.region.name} to ${from.region.name}: make another pointer`);
    }
    const known = this.#pointers.extentOf(from);
    const scratch = this.general();
    this.assembler.lea(scratch, memory(this.#pointers.inRegister(from, scratch), offset));
    if (pointer.register.kind === "memory") this.assembler.store(pointer.register, scratch);
    else this.assembler.move(pointer.register, scratch);
    this.free(scratch);
    this.#pointers.setExtent(pointer, shifted(known, offset));
  }

  /** Moves a pointer. */
  move(pointer: Pointer, bytes: number): void {
    const known = this.#pointers.extentOf(pointer);
    if (bytes !== 0) this.assembler.arithmetic("add", pointer.register, bytes);
    this.#pointers.setExtent(pointer, shifted(known, bytes));
  }

  /**
   * Repeats a body, after each turn of which pointers move. In it, pointers from outside may only move if they are back at
   * its end.
   */
  loop(turns: number, moves: readonly Move[], body: () => void): void {
    const after = () => moves.forEach(([pointer, bytes]) => this.move(pointer, bytes));
    if (turns === 0) return;
    if (turns === 1) {
      this.#held(body, moves);
      return after();
    }
    const { assembler } = this;
    if (this.#pool.count("general") > SCARCE) {
      const counter = this.general();
      assembler.set(counter, turns);
      this.#turn(turns, moves, body, () => assembler.arithmetic("sub", counter, 1));
      return this.free(counter);
    }
    // Functions call none, so the bytes below the stack pointer are theirs.
    const counter = memory(RSP, -8 * ++this.#counters);
    if (this.#counters > MOST_COUNTERS) {
      throw new Error("Cannot write so many loops within loops: cut the work into functions");
    }
    assembler.storeNumber(counter, turns);
    this.#turn(turns, moves, body, () => assembler.arithmetic("sub", counter, 1));
    this.#counters--;
  }

  /** Repeats a body with a counter that begins at 0 and grows by `step`, in bytes. */
  count(turns: number, step: number, body: (counter: Counter) => void): void {
    if (turns === 0) return;
    const { assembler } = this, register = this.general();
    const counter: Counter = { kind: "counter", register, extent: overTurns({ least: 0, most: 0 }, turns, step) };
    assembler.set(register, 0);
    if (turns === 1) this.#held(() => body(counter), []);
    else {
      this.#turn(turns, [], () => body(counter), () => {
        assembler.arithmetic("add", register, step);
        assembler.arithmetic("cmp", register, step * turns);
      });
    }
    this.free(register);
  }

  /** Runs one of two bodies: the first if the flags say so. Pointers from outside may only move if they are back at the end. */
  choose(condition: Condition, then: () => void, otherwise: () => void): void {
    const { assembler } = this, other = assembler.label(), end = assembler.label();
    assembler.jumpIf(condition, other);
    this.#held(otherwise, []);
    assembler.jump(end);
    assembler.bind(other);
    this.#held(then, []);
    assembler.bind(end);
  }

  /** Returns the operand of an access of so many bytes, after checking that it always lies in its region. */
  operand(access: Access, bytes: number, writes: boolean): Memory {
    const { pointer, offset, index, scale } = access;
    checkAccess(access, this.#pointers.extentOf(pointer), bytes, writes);
    if (pointer.register.kind === "general") return memory(pointer.register, offset, index?.register, scale);
    // The next instruction reads it, before anything else can take the register.
    const scratch = this.general(),
      operand = memory(this.#pointers.inRegister(pointer, scratch), offset, index?.register, scale);
    this.free(scratch);
    return operand;
  }

  /**
   * Writes a function around a body: with the memory's address, or that of a table of addresses, as its argument.
   *
   * @returns Where in the code it begins.
   */
  function(body: () => void): number {
    this.assembler.align(LOOP_ALIGNMENT);
    this.#refused = undefined;
    return writeFunction(this.assembler, () => {
      body();
      return this.#refused;
    });
  }

  /** Leaves the function if the flags say so: it must be computed in another way, and has changed nothing that it reads. */
  refuseIf(condition: Condition): void {
    this.#refused ??= this.assembler.label();
    this.assembler.jumpIf(condition, this.#refused);
  }

  /** Writes a loop whose last instruction sets the flags, not zero where there is another turn. */
  #turn(turns: number, moves: readonly Move[], body: () => void, step: () => void): void {
    const { assembler } = this, before = moves.map(([pointer]) => this.#pointers.extentOf(pointer));
    moves.forEach(([pointer, bytes], k) => this.#pointers.setExtent(pointer, overTurns(before[k]!, turns, bytes)));
    assembler.align(LOOP_ALIGNMENT);
    const again = assembler.here();
    this.#held(body, moves);
    for (const [{ register }, bytes] of moves) if (bytes !== 0) assembler.arithmetic("add", register, bytes);
    step();
    assembler.jumpIf("notZero", again);
    moves.forEach(([pointer, bytes], k) => this.#pointers.setExtent(pointer, shifted(before[k]!, bytes * turns)));
  }

  /** Writes a body, and throws if pointers, or registers, are not as they were before. */
  #held(body: () => void, moves: readonly Move[]): void {
    const changed = this.#pointers.changes(), generals = this.freeGenerals, vectors = this.freeVectors;
    const twice = moves.find(([pointer], k) => moves.findIndex(([other]) => other === pointer) !== k);
    body();
    const moved = changed() ?? twice?.[0];
    if (moved !== undefined) {
      const { name } = moved.region;
      throw new Error(`Cannot close a loop whose body moves its pointer to ${name}: give that move to the loop`);
    }
    if (generals !== this.freeGenerals || vectors !== this.freeVectors) {
      throw new Error("Cannot close a loop whose body keeps or frees registers of those around it: balance them");
    }
  }
}
