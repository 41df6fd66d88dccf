/**
 * The two sides of an operation: an operator, which is an operation before it has operands, and a kind, which describes
 * its operations to everything that reads programs.
 *
 * An operator defines a computation once: eager calls run it on arrays, and tracing places it in a program. Each kind
 * of operation has a file here with both.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import type { DataOf, DType } from "../../dtype.ts";
import type { EngineFunctionName } from "../../engine_in_use.ts";
import type { Shape } from "../../shape.ts";
import type { MutableView, View } from "../../view.ts";
import type { Loop, Operand, Operation, Program, ValueType } from "../program.ts";

/** A value of a program that an operator is placed on. */
export type TypedValue = ValueType & { readonly value: number };

/**
 * An operation without operands, with one result.
 *
 * @typeParam N The functions of an engine that it computes with.
 */
export type Operator<N extends EngineFunctionName = never> = {
  /**
   * Computes the result.
   *
   * @param engine The engine that computes, or at least the functions of it that the operator needs.
   * @param inputs Arrays of any strides; the caller has checked their shapes and dtypes.
   * @param result The type of the result.
   * @returns A view of that type; it may share the elements of an input.
   */
  run(engine: Pick<Engine, N>, inputs: readonly View[], result: ValueType): View;
  /** Returns the operation that computes the same from values of a program. */
  place(inputs: readonly TypedValue[], result: ValueType): Operation;
};

/** An operation without operands, with any number of results. */
export type MultiOperator<N extends EngineFunctionName = never> = {
  /** Computes all results, like {@link Operator.run}. */
  run(engine: Pick<Engine, N>, inputs: readonly View[], results: readonly ValueType[]): readonly View[];
  /** Returns the operation, like {@link Operator.place}. */
  place(inputs: readonly TypedValue[], results: readonly ValueType[]): Operation;
};

/** The surroundings in which an operation is computed. */
export type Surroundings = {
  readonly engine: Engine;
  /** The types of the instruction's results. */
  readonly results: readonly ValueType[];
  /** Returns the view that an operand shows. */
  readonly view: (operand: Operand) => View;
  /** Runs a program that the operation holds. */
  readonly interpret: (program: Program, given: readonly View[]) => readonly View[];
};

/** Computes the results of an operation into row-major arrays. */
export type ComputeInto = (surroundings: Surroundings, outputs: readonly MutableView[]) => void;

/** Functions of engines that programs may call in place of their own code. */
export type EngineFunction = Extract<
  keyof Engine,
  "gemm" | "gemmBatched" | "conv2d" | "conv2dInput" | "conv2dWeight"
>;

/** Functions that write parts of an operation in a listing. */
export type Writer = {
  readonly operand: (operand: Operand) => string;
  /** Returns the lines of a loop that computes the instruction's results; one line for a single short formula. */
  readonly loop: (name: string, loop: Loop) => readonly string[];
  /** Returns the formula of a loop of one expression. */
  readonly formula: (loop: Loop) => string;
  /** The lines of a program that the operation holds. */
  readonly program: (program: Program) => readonly string[];
};

/**
 * One kind of operation. The field `loop` of an operation is a loop that it runs, and so are those of its `parts`; the
 * field `epilogue` is a loop that it runs on its results. The kind describes all other operands, and knows no target.
 *
 * @typeParam O The operations of this kind.
 */
export type OperationKind<O extends Operation> = {
  // Methods rather than function fields, so that a kind can be used as the kind of any operation.
  /** Lists the operands that no loop reads. */
  operands(operation: O): readonly Operand[];
  /** Returns the same operation with other operands, as many as before. */
  withOperands(operation: O, operands: readonly Operand[]): O;
  /**
   * Computes the results or, if the operation has an epilogue, its input: views of any strides, with as many
   * elements as declared.
   */
  compute(operation: O, surroundings: Surroundings): readonly View[];
  /**
   * Returns the function that computes the results into row-major arrays, if that can be done without a copy. If the
   * function throws, they hold anything.
   */
  computeInto?(operation: O): ComputeInto | undefined;
  /**
   * Replaces the operands by the results, of a kind whose results lie one after another in one block of memory. Such an
   * operation acts on more than its results, so no pass leaves it out.
   */
  replace?(operation: O, block: DataOf<DType>): void;
  /** Names the function of engines that computes the operation, if programs may leave it to an engine that has its own. */
  engineFunction?(operation: O): EngineFunction;
  /**
   * Writes everything except operands and loops that the results depend on, for finding common subexpressions;
   * `undefined` if no other operation computes the same.
   */
  key(operation: O): string | undefined;
  /** Writes the operation for a listing, without its epilogue. */
  format(operation: O, write: Writer): readonly string[];
  /**
   * Counts the additions, multiplications and other functions of numbers that it computes, its epilogue and its programs
   * aside; `undefined` if that is not known beforehand.
   */
  flops(operation: O, results: readonly ValueType[]): number | undefined;
  /** Counts the numbers that plain loops compute for this many elements of the results; infinite if they must not. */
  work(operation: O, elements: number): number;
  /**
   * Returns the operation without the results that nothing needs, or `undefined` if it must compute all of them.
   * Results of an epilogue are dropped without calling this.
   *
   * @param wanted Whether each result stays; at least one does.
   */
  withResults(operation: O, wanted: readonly boolean[]): O | undefined;
  /** Returns the shape over which an epilogue can run; `undefined` if the operation cannot have one. */
  epilogueShape(operation: O, results: readonly ValueType[]): Shape | undefined;
  /** Whether the results may be declared with any shape of as many elements. */
  readonly anyShape: boolean;
};
