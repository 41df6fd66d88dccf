/**
 * What is the same in every step of a loop is computed once, before it.
 *
 * @module
 */
import { bodiesOf } from "../bodies.ts";
import { plainOperand } from "../operand.ts";
import { mapOperands, operandsOf } from "../operands.ts";
import type { Operand, Operation, Program, ValueType } from "../program.ts";
import { type Draft, type DraftInstruction, draftOf, programOf } from "./draft.ts";
import { renumbered } from "./trim_bodies.ts";

/** Programs without what has moved out of them, and what has. */
export type Hoisted = {
  /** Their parameters are those that they had, and then what is computed before. */
  readonly bodies: readonly Program[];
  /** What is computed before, with numbers from the outer program. */
  readonly steps: readonly DraftInstruction[];
  /** The further operands of the loop. */
  readonly operands: readonly Operand[];
};

/** Kinds that cannot fail, so that they may be computed although the loop makes no step. */
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
 * Moves what depends on nothing that a loop carries or cuts into slices out of its programs. Choices keep what they have:
 * what is not chosen must not be computed.
 *
 * @param nextValue Returns a new number of a value of the outer program.
 */
export function hoistInvariants(operation: Operation, nextValue: () => number): Hoisted {
  const first = firstInvariant(operation), bodies = bodiesOf(operation);
  if (first === undefined) return { bodies, steps: [], operands: [] };
  const outer = operandsOf(operation), moved: Moved = { steps: [], values: [], given: new Map(), outer, nextValue };
  const drafts = bodies.map((body, k) => {
    const isCertain = operation.kind === "scan" || k === 0; // a condition is always asked once
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

/** What has moved so far. */
type Moved = {
  readonly steps: DraftInstruction[];
  /** What the programs read of it. */
  readonly values: { readonly value: number; readonly type: ValueType }[];
  /** The numbers, outside, of parameters that instructions outside read. */
  readonly given: Map<number, number>;
  readonly outer: readonly Operand[];
  readonly nextValue: () => number;
};

type Rest = {
  readonly draft: Draft;
  /** For values that have moved, the places among what has moved. */
  readonly places: ReadonlyMap<number, number>;
};

/** Takes the invariant instructions out of one program. */
function withoutInvariants(body: Program, first: number, isCertain: boolean, moved: Moved): Rest {
  const draft = draftOf(body), places = new Map<number, number>(), outside = new Map<number, number>();
  /** Views that are invariant: they stay, and are made outside too where something that moves reads them. */
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
    if (operands.length === 0 || !operands.every(isInvariant)) return true;
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
