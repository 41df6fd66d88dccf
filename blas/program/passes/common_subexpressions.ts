/**
 * Common subexpressions: computing equal values only once.
 *
 * @module
 */
import { isContiguous, type View } from "../../view.ts";
import { epilogueOf, loopsBefore, loopsOf, mapOperands, operandsOf } from "../operands.ts";
import { kindOf } from "../operations/mod.ts";
import type { Loop, Operand, Operation } from "../program.ts";
import { type Draft, type DraftInstruction, withOperation } from "./draft.ts";

/** Constants with at most this many elements are compared by elements; larger ones are equal if they share data. */
const COMPARED_ELEMENTS = 64;

/** Merges instructions that compute the same from the same operands, and equal constants. */
export function commonSubexpressions(draft: Draft): Draft {
  const same = new Map<number, number>(), first = new Map<string, readonly number[]>();
  /** Remembers the first values under a key, and replaces later values by them. */
  const isNew: IsNew = (key, values) => {
    const known = first.get(key);
    if (known === undefined) first.set(key, values);
    else values.forEach((value, k) => same.set(value, known[k]!));
    return known === undefined;
  };
  const constants = draft.constants.length < 2 ? draft.constants : newConstants(draft, isNew);
  const rename = (operand: Operand): Operand => {
    const value = same.get(operand.value);
    return value === undefined ? operand : { ...operand, value };
  };
  const steps: DraftInstruction[] = [], alike = new Map<number, DraftInstruction>();
  for (const step of draft.steps) {
    const renamed = same.size === 0 ? step : withOperation(step, mapOperands(step.operation, rename));
    // Keys are only written for steps that may be equal to an earlier one.
    const number = roughKey(renamed.operation), earlier = alike.get(number);
    if (earlier === undefined) alike.set(number, renamed);
    else {
      const before = stepKey(earlier), key = stepKey(renamed);
      if (before !== undefined && !first.has(before)) first.set(before, earlier.values);
      if (key !== undefined && !isNew(key, step.values)) continue;
    }
    steps.push(renamed);
  }
  if (same.size === 0) return draft;
  return { ...draft, constants, steps, results: draft.results.map((value) => same.get(value) ?? value) };
}

type IsNew = (key: string, values: readonly number[]) => boolean;

function newConstants({ constants }: Draft, isNew: IsNew): Draft["constants"] {
  const identify = identities();
  return constants.filter(({ value, view }) => isNew(constantKey(view, identify), [value]));
}

type Identify = (object: object) => number;

/** Returns a function that numbers objects in the order of their first use. */
function identities(): Identify {
  const numbers = new Map<object, number>();
  return (object) => {
    const known = numbers.get(object);
    if (known !== undefined) return known;
    numbers.set(object, numbers.size);
    return numbers.size - 1;
  };
}

function constantKey(view: View, identify: Identify): string {
  const { dtype, shape, stride, offset, size, data } = view;
  if (size > COMPARED_ELEMENTS || !isContiguous(view)) {
    return `${dtype} ${shape} ${stride} ${offset} #${identify(data)}`;
  }
  const elements = Array.from({ length: size }, (_, k) => {
    const element = data[offset + k]!;
    return Object.is(element, -0) ? "-0" : String(element);
  });
  return `${dtype} ${shape} = ${elements}`;
}

/** Returns a number that equal operations share, and few others: it stands for what they read and compute. */
function roughKey(operation: Operation): number {
  let key = operation.kind.length;
  for (const { value } of operandsOf(operation)) key = (key * 31 + value) | 0;
  for (const { expressions } of loopsOf(operation)) for (const { id } of expressions) key = (key * 31 + id) | 0;
  return key;
}

function stepKey({ operation, results }: DraftInstruction): string | undefined {
  const key = operationKey(operation);
  return key && `${key} -> ${results.map(({ dtype, shape }) => `${dtype} ${shape}`).join(";")}`;
}

function operationKey(operation: Operation): string | undefined {
  const kind = kindOf(operation), own = kind.key(operation);
  return own === undefined
    ? undefined
    : `${operation.kind} ${own} of ${operandKeys(kind.operands(operation))}${
      loopsBefore(operation).map((loop) => loopKey("over", loop)).join("")
    }${loopKey("then", epilogueOf(operation))}`;
}

const loopKey = (name: string, loop: Loop | undefined): string =>
  loop === undefined
    ? ""
    : ` ${name} ${loop.shape} ${operandKeys(loop.operands)} ${loop.expressions.map(({ id }) => id)}`;

const operandKeys = (operands: readonly Operand[]): string => operands.map(operandKey).join(" ");

const operandKey = ({ value, shape, stride, offset }: Operand): string => `${value}[${shape}/${stride}+${offset}]`;
