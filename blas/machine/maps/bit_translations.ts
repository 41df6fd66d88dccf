/**
 * Instructions on bits, which WebAssembly has for vectors, and AVX-512 for masks too.
 *
 * @module
 */
import type { Computed, Source, Translation, Value } from "./translation.ts";
import type { Translator } from "./translator.ts";

import { NoMachineCode } from "./unsupported.ts";

/** Combines bits; masks of AVX-512 with each other, and with vectors, whose lanes they clear. */
export const logic = (name: "and" | "or" | "xor" | "andnot"): Translation => (t, { operands: [a, b] }) => {
  const commutes = name !== "andnot", [x, y] = commutes && a!.root === "v128.const" ? [b!, a!] : [a!, b!];
  if (y.root === "v128.const" && name !== "andnot") {
    const p = t.compute(x), q = t.source(y);
    if (p.register.kind === "mask" && name === "and") return cleared(t, p, q, false);
    const from = t.materialized(p), to = t.result(from);
    t.float32.binary(name, to, from.register, q.register);
    return to;
  }
  const p = t.compute(x), q = t.compute(y), [k, l] = [p.register, q.register];
  if (k.kind === "mask" && l.kind === "mask") {
    const to = t.maskLike(k), [first, second] = name === "andnot" ? [l, k] : [k, l];
    t.code.assembler.combineMasks(name === "andnot" ? "andNot" : name, to, first, second);
    t.free(p, q);
    return to;
  }
  if (l.kind === "mask" && k.kind === "vector" && (name === "and" || name === "andnot")) {
    return cleared(t, q, { ...p, register: k }, name === "andnot");
  }
  if (k.kind === "mask" && l.kind === "vector" && name === "and") return cleared(t, p, { ...q, register: l }, false);
  const first = t.materialized(p), second = t.materialized(q), to = t.result(first, second);
  // x86 negates the first operand.
  if (name === "andnot") t.float32.binary("andn", to, second.register, first.register);
  else t.float32.binary(name, to, first.register, second.register);
  return to;
};

/** Clears the lanes that a mask does not have, or those that it has. */
function cleared(t: Translator, mask: Computed, from: Source, isNegated: boolean): Value {
  if (mask.register.kind !== "mask") throw new NoMachineCode("a mask in a vector");
  let own = mask.register;
  if (isNegated) {
    const all = t.maskLike(own);
    own = t.maskLike(own);
    t.code.assembler.combineMasks("xor", all, all, all);
    t.code.assembler.combineMasks("xnor", own, mask.register, all);
    t.code.free(all);
  }
  const to = t.code.vector();
  const name = t.laneOf(own) === "float32" ? "vmovups" : "vmovupd";
  t.code.assembler.vector("unary", name, 512, [to, from.register], { mask: own, zero: true });
  if (isNegated) t.code.free(own);
  t.free(mask, from);
  return to;
}

/** Negates all bits. */
export const not: Translation = (t, { operands: [a] }) => {
  const from = t.compute(a!);
  if (from.register.kind === "mask") {
    const to = t.maskLike(from.register), none = t.maskLike(from.register);
    t.code.assembler.combineMasks("xor", none, none, none);
    t.code.assembler.combineMasks("xnor", to, from.register, none);
    t.code.free(none);
    t.free(from);
    return to;
  }
  const vector = t.materialized(from), to = t.result(vector);
  t.float32.binary("xor", to, vector.register, t.integer("float32", -1n));
  return to;
};
