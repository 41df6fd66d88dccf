/**
 * The registers of x86-64 as values, each kind with a type of its own.
 *
 * @module
 */

/** The width of vectors in bits. */
export type Bits = 128 | 256 | 512;

/** A general-purpose register of 64 bits. */
export type General = { readonly kind: "general"; readonly number: number };

/** A vector register; the instruction says how many of its bits it uses. Those above 15 exist only with AVX-512. */
export type Vector = { readonly kind: "vector"; readonly number: number };

/** A mask register of AVX-512, with one bit a lane. Register 0 as a mask means all lanes. */
export type Mask = { readonly kind: "mask"; readonly number: number };

/** The general-purpose registers by their numbers. */
export const GENERAL: readonly General[] = /* @__PURE__ */ numbered(16, (number) => ({ kind: "general", number }));

/** The vector registers by their numbers. */
export const VECTORS: readonly Vector[] = /* @__PURE__ */ numbered(32, (number) => ({ kind: "vector", number }));

/** The mask registers by their numbers. */
export const MASKS: readonly Mask[] = /* @__PURE__ */ numbered(8, (number) => ({ kind: "mask", number }));

/** The general-purpose registers by their names. */
export const RAX: General = /* @__PURE__ */ general(0);
export const RCX: General = /* @__PURE__ */ general(1);
export const RDX: General = /* @__PURE__ */ general(2);
export const RBX: General = /* @__PURE__ */ general(3);
export const RSP: General = /* @__PURE__ */ general(4);
export const RBP: General = /* @__PURE__ */ general(5);
export const RSI: General = /* @__PURE__ */ general(6);
export const RDI: General = /* @__PURE__ */ general(7);
export const R8: General = /* @__PURE__ */ general(8);
export const R9: General = /* @__PURE__ */ general(9);
export const R10: General = /* @__PURE__ */ general(10);
export const R11: General = /* @__PURE__ */ general(11);
export const R12: General = /* @__PURE__ */ general(12);
export const R13: General = /* @__PURE__ */ general(13);
export const R14: General = /* @__PURE__ */ general(14);
export const R15: General = /* @__PURE__ */ general(15);

function general(number: number): General {
  return GENERAL[number]!;
}

function numbered<R>(count: number, make: (number: number) => R): readonly R[] {
  return Array.from({ length: count }, (_, number) => make(number));
}
