/**
 * What an operation is: as an operator, which is an operation before it has operands, and as a kind, which is what everybody
 * who reads programs knows of it.
 *
 * An operator says once what is computed: eager calls run it on arrays, tracing places it in a program. Each kind of
 * operation has a file here that holds both.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import type { Shape } from "../../shape.ts";
import type { MutableView, View } from "../../view.ts";
import type { Loop, Operand, Operation, Program, ValueType } from "../program.ts";

/** A value of a program that an operator is placed on. */
export type TypedValue = ValueType & { readonly value: number };

/** An operation without operands, which has one result. */
export type Operator = {
  /**
   * Computes the result.
   *
   * @param engine What computes.
   * @param inputs Arrays of any strides, of shapes and dtypes that the operation takes: the caller has checked them.
   * @param result The type of the result.
   * @returns A view of that type; it may share the elements of an input.
   */
  run(engine: Engine, inputs: readonly View[], result: ValueType): View;
  /** Gives the operation that computes the same of values of a program. */
  place(inputs: readonly TypedValue[], result: ValueType): Operation;
};

/** An operation without operands, which has any number of results. */
export type MultiOperator = {
  /** As {@link Operator.run}, for all results. */
  run(engine: Engine, inputs: readonly View[], results: readonly ValueType[]): readonly View[];
  /** As {@link Operator.place}. */
  place(inputs: readonly TypedValue[], results: readonly ValueType[]): Operation;
};

/** What an operation is computed with. */
export type Surroundings = {
  readonly engine: Engine;
  /** The types of the instruction's results. */
  readonly results: readonly ValueType[];
  /** The array that an operand shows. */
  readonly view: (operand: Operand) => View;
  /** Runs a program that the operation holds. */
  readonly interpret: (program: Program, given: readonly View[]) => readonly View[];
};

/** Functions of engines that programs may call in place of their own code. */
export type EngineFunction = Extract<
  keyof Engine,
  "gemm" | "gemmBatched" | "conv2d" | "conv2dInput" | "conv2dWeight"
>;

/** How parts of an operation are written in a listing. */
export type Writer = {
  readonly operand: (operand: Operand) => string;
  /** The lines of a loop that gives the instruction's results; in one line where it has one short formula. */
  readonly loop: (name: string, loop: Loop) => readonly string[];
  /** What a loop of one expression computes. */
  readonly formula: (loop: Loop) => string;
  /** The lines of a program that the operation holds. */
  readonly program: (program: Program) => readonly string[];
};

/**
 * One kind of operation. A field `loop` of an operation is a loop that it runs, a field `epilogue` one that it runs on what it
 * has computed; everything else about operands is told here, and nothing about any target.
 *
 * @typeParam O The operations of this kind.
 */
export type OperationKind<O extends Operation> = {
  // Methods rather than function fields: a kind can then stand for one of any operation beside an operation of its own.
  /** Lists the operands that no loop reads. */
  operands(operation: O): readonly Operand[];
  /** Gives the same operation with as many others. */
  withOperands(operation: O, operands: readonly Operand[]): O;
  /**
   * Computes the results, or where the operation has an epilogue what that is computed of: views of any strides, of as many
   * elements as declared.
   */
  compute(operation: O, surroundings: Surroundings): readonly View[];
  /** Computes the only result into a row-major array, of a kind that can do so without a copy. */
  computeInto?(operation: O, surroundings: Surroundings, output: MutableView): void;
  /** Names the function of engines that computes the operation, if programs may leave it to an engine that has its own. */
  engineFunction?(operation: O): EngineFunction;
  /**
   * Writes down all that matters to the results beside the operands and loops, for common subexpressions to be found; `undefined`
   * if no other operation computes the same.
   */
  key(operation: O): string | undefined;
  /** Writes the operation for a listing, without its epilogue. */
  format(operation: O, write: Writer): readonly string[];
  /** Counts the numbers that plain loops compute on the way to so many elements of the results; infinite if they must not. */
  work(operation: O, elements: number): number;
  /**
   * Gives the operation without the results that nothing needs, or `undefined` if it cannot leave any out. Results of an
   * epilogue are left out without asking.
   *
   * @param wanted For each result whether it stays; one at least does.
   */
  withResults(operation: O, wanted: readonly boolean[]): O | undefined;
  /** The shape over whose indices an epilogue can run; `undefined` if there can be none. */
  epilogueShape(operation: O, results: readonly ValueType[]): Shape | undefined;
  /** Whether the results may be declared with any shape of as many elements. */
  readonly anyShape: boolean;
};
