/**
 * The engine in use, made in parts as they are needed.
 *
 * Until a program chooses an engine, the default one computes, and only those parts of it exist that operations ask
 * for. A program that only adds does not contain convolutions, since nothing that it imports mentions them; see
 * `parts/`.
 *
 * @module
 */
import type { Engine } from "./engine.ts";
import { shared } from "./shared.ts";

/** The name of a function of engines. */
export type EngineFunctionName = Exclude<keyof Engine, "name">;

/** Functions of the default engine that are made together, and their counterparts in the engine in use. */
export type EnginePart<N extends EngineFunctionName = never> = {
  /** Returns the functions of the engine in use. */
  readonly inUse: () => Pick<Engine, N>;
  /** Returns the functions of the default engine. */
  readonly standard: () => Pick<Engine, N>;
};

type State = {
  /** The engine that was chosen, if any. */
  chosen: Engine | undefined;
  /** The functions of the default engine that have been made so far. */
  readonly standard: { [N in EngineFunctionName]?: Engine[N] };
  /** The engines made of such functions: to choose one of them is to choose none. */
  readonly defaults: WeakSet<Engine>;
};

/** The state of all copies of the library. */
const state = /* @__PURE__ */ shared("engine in use", (): State => ({
  chosen: undefined,
  standard: {},
  defaults: new WeakSet(),
}));

/**
 * Describes a part of the default engine.
 *
 * @param names The functions of the part.
 * @param make Makes the functions when one of them is needed.
 */
export function enginePart<N extends EngineFunctionName>(
  names: readonly N[],
  make: () => Pick<Engine, N>,
): EnginePart<N> {
  let known: Pick<Engine, N> | undefined;
  const standard = (): Pick<Engine, N> => known ??= withFunctions(names, make);
  return { standard, inUse: () => state.chosen ?? standard() };
}

/**
 * Describes a part of the default engine that has the functions of another part, but with abilities added.
 *
 * @param part The other part.
 * @param extend Adds the abilities to the functions, before they are needed.
 */
export function extendedPart<N extends EngineFunctionName>(part: EnginePart<N>, extend: () => void): EnginePart<N> {
  let known: Pick<Engine, N> | undefined;
  const standard = (): Pick<Engine, N> => known ??= (extend(), part.standard());
  return { standard, inUse: () => state.chosen ?? standard() };
}

/** Adds functions to the default engine; those that another copy of the library has made are kept. */
function withFunctions<N extends EngineFunctionName>(
  names: readonly N[],
  make: () => Pick<Engine, N>,
): Pick<Engine, N> {
  const { standard } = state;
  if (names.some((name) => standard[name] === undefined)) Object.assign(standard, { ...make(), ...standard });
  return standard as Pick<Engine, N>; // all of them are there now
}

/** Returns the engine that was chosen; `undefined` if it is the default one. */
export const chosenEngine = (): Engine | undefined => state.chosen;

/** Returns a function of the default engine, if it has been made. */
export const standardFunction = <N extends EngineFunctionName>(name: N): Engine[N] | undefined => state.standard[name];

/** Declares that an engine is made of the default engine's functions, and returns it. */
export function declareDefault(engine: Engine): Engine {
  state.defaults.add(engine);
  return engine;
}

const chosenFrom = (engine: Engine | undefined): Engine | undefined =>
  engine === undefined || state.defaults.has(engine) ? undefined : engine;

/** Chooses the engine in use; `undefined` stands for the default one. */
export function chooseEngine(engine: Engine | undefined): void {
  state.chosen = chosenFrom(engine);
}

/** Runs a function with an engine in use, and restores the one before. */
export function withEngine<R>(engine: Engine, f: () => R): R {
  const previous = state.chosen;
  state.chosen = chosenFrom(engine);
  try {
    return f();
  } finally {
    state.chosen = previous;
  }
}
