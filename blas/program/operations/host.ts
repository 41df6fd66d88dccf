/**
 * Host functions: functions of arrays that run outside a program.
 *
 * @module
 */
import type { Engine } from "../../engine.ts";
import type { MutableView, View } from "../../view.ts";
import type { Operand } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/** A function of arrays that runs outside: it may throw, but must not keep or change its inputs. */
export type HostOperation = {
  readonly kind: "host";
  /** Its name in listings. */
  readonly name: string;
  /** Two operations with equal `key` and operands give equal results; `undefined` equals nothing. */
  readonly key: string | undefined;
  /** The settings of the function, for what writes programs in another language. */
  readonly attributes?: unknown;
  readonly operands: readonly Operand[];
  /**
   * Computes the results.
   *
   * @param inputs The views that the operands show.
   * @param engine The engine that runs the program.
   * @returns One view for each result, of any strides.
   */
  run(inputs: readonly View[], engine: Engine): readonly View[];
  /**
   * Computes the results into row-major arrays; left out if they would be copied there.
   *
   * @param outputs An array for each result, `undefined` for one that is not wanted.
   */
  runInto?(inputs: readonly View[], engine: Engine, outputs: readonly (MutableView | undefined)[]): void;
};

/** The kind of host functions. */
export const hostKind: OperationKind<HostOperation> = {
  operands: ({ operands }) => operands,
  withOperands: (operation, operands) => ({ ...operation, operands }),
  compute: (operation, { engine, view }) => operation.run(operation.operands.map(view), engine),
  computeInto: ({ operands, runInto }) =>
    runInto && (({ engine, view }, outputs) => runInto(operands.map(view), engine, outputs)),
  key: ({ name, key }) => key === undefined ? undefined : JSON.stringify([name, key]),
  format: ({ name, operands }, write) => [`host ${name} ${operands.map(write.operand).join(" ")}`.trimEnd()],
  flops: () => undefined,
  work: ({ key }, elements) => key === undefined ? Infinity : elements,
  withResults: (operation, wanted) => ({
    ...operation,
    key: operation.key && `${operation.key} results ${wanted.flatMap((isWanted, k) => isWanted ? [k] : [])}`,
    run: (inputs, engine) => operation.run(inputs, engine).filter((_, k) => wanted[k]),
    ...operation.runInto && {
      runInto: (inputs, engine, outputs) => {
        const given = outputs.values();
        operation.runInto!(inputs, engine, wanted.map((isWanted) => isWanted ? given.next().value : undefined));
      },
    },
  }),
  epilogueShape: () => undefined,
  anyShape: false,
};
