/**
 * Variants: what a function was compiled to for arguments of one signature.
 *
 * @module
 */
import type { Engine } from "../../blas/engine.ts";
import { currentEngine } from "../../blas/engines.ts";
import type { Carried } from "../../blas/program/memory/memory_plan.ts";
import { optimize } from "../../blas/program/passes/mod.ts";
import type { Program } from "../../blas/program/program.ts";
import type { Executable } from "../../blas/program/target.ts";
import { scheduleForCarried } from "../../blas/program/memory/schedule.ts";
import { allocate, type View, view } from "../../blas/view.ts";
import { isKey, type Key } from "../random/key.ts";
import { constantOf, isTensor, type Tensor, variableOf } from "../tensor.ts";
import { type DataLeaf, type DataLeafSignature, dataOf, type Signature, unflattenLeaves } from "./signature.ts";
import { trace } from "./trace.ts";

/** A function, compiled for arguments of one signature. */
export type Specialization = {
  /** Of the list of arguments. */
  readonly args: Signature;
  /** Of what it returns. */
  readonly result: Signature;
  /** For a step: which result is which parameter of the next run; results in the order of the carry that it returns. */
  readonly carried: readonly Carried[];
  /** The engine in use when it was compiled. */
  readonly engine: Engine;
  /** As traced. */
  readonly traced: Program;
  /** As it runs. */
  readonly program: Program;
  /** Instances of its code that nobody uses at present. */
  readonly idle: Executable[];
  /** Makes another instance. */
  make(): Executable;
};

/** Instances kept for later: recursion and interleaved scans need several. */
const MOST_IDLE = 4;

/**
 * Traces and compiles a function.
 *
 * @param args The signature of the list of arguments.
 * @param carries Whether the function is a step, from `(carry, x)` to `[carry, y]`, whose carry stays inside.
 */
export function specialize(f: (...args: never[]) => unknown, args: Signature, carries: boolean): Specialization {
  const engine = currentEngine(), { program: traced, result } = trace(f, args, carries);
  const carried = carries ? carriedOf(args, result) : [];
  const program = scheduleForCarried(optimize(traced), carried);
  const make = () => engine.compile(program, { carried });
  return { args, result, carried, engine, traced, program, idle: [], make };
}

/** Takes an instance for exclusive use. */
export function acquire(variant: Specialization): Executable {
  return variant.idle.pop() ?? variant.make();
}

/** Gives it back. */
export function release(variant: Specialization, executable: Executable): void {
  if (variant.idle.length < MOST_IDLE) variant.idle.push(executable);
}

const carryOf = (pair: Signature) => dataOf((pair as Extract<Signature, { kind: "list" }>).parts[0]!, "");

/** Which datum of the carry that a step returns is which of the one that it takes; both must have the same, by path. */
function carriedOf(args: Signature, result: Signature): readonly Carried[] {
  const before = new Map(carryOf(args)), after = new Map(carryOf(result)), places = [...before.keys()];
  for (const path of [...after.keys(), ...places]) {
    const given = before.get(path), returned = after.get(path);
    if (given && returned && describe(given) === describe(returned)) continue;
    throw new TypeError(
      `Cannot scan with a step that returns ${
        returned ? describe(returned) : "nothing"
      } at "${path}" of the carry: it ` +
        `was given ${
          given ? describe(given) : "nothing"
        } there, and must return the like; every step has the same carry`,
    );
  }
  return [...after.keys()].map((path, k) => [k, places.indexOf(path)] as const);
}

const describe = (datum: DataLeafSignature): string =>
  datum.kind === "tensor" ? `${datum.dtype} [${datum.shape.join(", ")}]` : `a ${datum.kind}`;

/** The elements of a datum, as a program holds them. */
export function viewOf(datum: DataLeaf): View {
  if (isTensor(datum)) return datum.view;
  if (isKey(datum)) return view(Float64Array.from((datum as Key).words));
  const number = allocate("float64", []);
  number.data[number.offset] = datum as number;
  return number as View;
}

/** Puts a tree together from what a program gave back. */
export function unflatten(signature: Signature, read: () => View): unknown {
  return unflattenLeaves(signature, (datum) => {
    const given = read();
    if (datum.kind === "number") return given.get();
    if (datum.kind === "key") return Object.freeze({ tag: "key", words: Object.freeze([given.get(0), given.get(1)]) });
    return datum.tracked ? variableOf(given) as Tensor : constantOf(given);
  });
}
