/**
 * Loop-invariant code motion: values that are the same in every step of a loop are computed once, before it.
 *
 * @module
 */
import { bodiesOf, exchanges } from "../bodies.ts";
import { plainOperand } from "../operand.ts";
import { mapOperands, operandsOf } from "../operands.ts";
import type { Operand, Operation, Program, ValueType } from "../program.ts";
import { type Draft, type DraftInstruction, draftOf, programOf } from "./draft.ts";
import { renumbered } from "./trim_bodies.ts";

/** The programs of a loop without their invariant instructions, and those instructions. */
export type Hoisted = {
  /** The programs; the values that are computed before the loop are their last parameters. */
  readonly bodies: readonly Program[];
  /** The instructions before the loop, with numbers of values of the outer program. */
  readonly steps: readonly DraftInstruction[];
  /** The operands of the loop for the new parameters. */
  readonly operands: readonly Operand[];
};

/** The kinds that cannot throw, so that they may be computed even if the loop has no steps. */
const HARMLESS: ReadonlySet<Operation["kind"]> = new Set(
  [
    "view",
    "map",
    "reduce",
    "rows",
    "gemm",
    "convolution",
    "cast",
    "join",
    "gather",
    "scatter",
    "cumsum",
    "running",
    "order",
    "search",
    "draw",
    "foldIn",
  ],
);

/**
 * Moves the instructions that depend neither on a loop's carry nor on its slices out of its programs. Conditionals stay
 * as they are, since a program that is not chosen must not be computed, and so do exchanges, which other processes count.
 *
 * @param nextValue Returns a new number of a value of the outer program.
 */
export function hoistInvariants(operation: Operation, nextValue: () => number): Hoisted {
  const first = firstInvariant(operation), bodies = bodiesOf(operation);
  if (first === undefined) return { bodies, steps: [], operands: [] };
  const outer = operandsOf(operation), moved: Moved = { steps: [], values: [], given: new Map(), outer, nextValue };
  const drafts = bodies.map((body, k) => {
    const isCertain = operation.kind === "scan" || k === 0; // a condition is tested at least once
    return withoutInvariants(body, first, isCertain, moved);
  });
  if (moved.values.length === 0) return { bodies, steps: [], operands: [] };
  const types = moved.values.map(({ type }) => type), count = bodies[0]!.parameters.length;
  return {
    bodies: drafts.map(({ draft, places }) => {
      const number = (value: number): number =>
        value < count ? value : places.has(value) ? count + places.get(value)! : value + types.length;
      return programOf({ ...renumbered(draft, number), parameters: [...draft.parameters, ...types] });
    }),
    steps: moved.steps,
    operands: moved.values.map(({ value, type }) => plainOperand(value, type.shape)),
  };
}

/** The number of the first parameter that stays the same; `undefined` if there is nothing to gain. */
function firstInvariant(operation: Operation): number | undefined {
  if (operation.kind === "scan") return operation.length > 1 ? operation.carries + operation.sequences : undefined;
  return operation.kind === "while" ? operation.carries : undefined;
}

/** The instructions that have moved so far. */
type Moved = {
  readonly steps: DraftInstruction[];
  /** Their results that the programs read. */
  readonly values: { readonly value: number; readonly type: ValueType }[];
  /** The numbers, in the outer program, of parameters that moved instructions read. */
  readonly given: Map<number, number>;
  readonly outer: readonly Operand[];
  readonly nextValue: () => number;
};

type Rest = {
  readonly draft: Draft;
  /** The position of each value that has moved among the new parameters. */
  readonly places: ReadonlyMap<number, number>;
};

/** Takes the invariant instructions out of one program. */
function withoutInvariants(body: Program, first: number, isCertain: boolean, moved: Moved): Rest {
  const draft = draftOf(body), places = new Map<number, number>(), outside = new Map<number, number>();
  /** Invariant views: they stay, and are made outside too if an instruction that moves reads them. */
  const views = new Map<number, DraftInstruction>();
  const isInvariant = ({ value }: Operand): boolean =>
    (value >= first && value < body.parameters.length) || outside.has(value) || views.has(value);
  const append = (step: Omit<DraftInstruction, "values">): DraftInstruction => {
    const made = { ...step, values: step.results.map(() => moved.nextValue()) };
    moved.steps.push(made);
    return made;
  };
  const numberOf = (value: number): number => {
    const known = outside.get(value) ?? (value < body.parameters.length ? moved.given.get(value) : undefined);
    if (known !== undefined) return known;
    const view = views.get(value);
    if (view !== undefined) {
      const [made] = append({ ...view, operation: toOutside(view.operation) }).values;
      outside.set(value, made!);
      return made!;
    }
    const type = body.parameters[value]!, change = { kind: "reshape", shape: type.shape } as const;
    const [made] =
      append({ results: [type], operation: { kind: "view", change, operand: moved.outer[value]! } }).values;
    moved.given.set(value, made!);
    return made!;
  };
  const toOutside = (operation: Operation): Operation =>
    mapOperands(operation, (operand) => ({ ...operand, value: numberOf(operand.value) }));
  const steps = draft.steps.filter((step) => {
    const { operation, results, values } = step, operands = operandsOf(operation);
    if (operands.length === 0 || !operands.every(isInvariant) || exchanges(operation)) return true;
    if (operation.kind === "view") {
      views.set(values[0]!, step);
      return true;
    }
    if (!isCertain && !HARMLESS.has(operation.kind)) return true;
    const made = append({ results, operation: toOutside(operation) });
    values.forEach((value, k) => {
      outside.set(value, made.values[k]!);
      places.set(value, moved.values.length);
      moved.values.push({ value: made.values[k]!, type: results[k]! });
    });
    return false;
  });
  return { draft: { ...draft, steps }, places };
}
