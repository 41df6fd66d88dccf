/**
 * Random numbers as WebAssembly functions, with the same bits as `blas/reference/draw.ts`.
 *
 * @module
 */
import { aboveMinusOne, type Distribution, integerMultiplier } from "../distribution.ts";
import { BYTES_PER_ELEMENT, type DType, DTYPES } from "../dtype.ts";
import {
  call,
  type Callable,
  f32,
  f32x4,
  f64x2,
  type FunctionBuilder,
  i32,
  i32x4,
  type Local,
  memory,
  type ModuleBuilder,
  select,
  v128,
} from "../wasm/mod.ts";
import { FLOAT_VECTORS, shuffle, type Vector } from "./lane_instructions.ts";
import { ARITHMETIC } from "./math/arithmetic.ts";
import { type Hash, keySchedule, threefry } from "./math/threefry.ts";
import type { VectorFunctions } from "./math/vector_functions.ts";
import { constantsOf, type VectorMath, vectorMathOf } from "./math/vector_math.ts";

/** A way to compute random numbers. Those of the same form differ only in the settings that {@link formOf} gives. */
export type Form = "unit" | "uniform" | "standard" | "normal" | "integer" | "wideInteger";

/** Returns the form of a distribution, and its settings: as many numbers as {@link drawFunction} takes. */
export function formOf(distribution: Distribution): { readonly form: Form; readonly settings: readonly number[] } {
  const filled = (...given: readonly number[]) => Array.from({ length: SETTINGS.length }, (_, k) => given[k] ?? 0);
  switch (distribution.kind) {
    case "uniform": {
      const { low, range } = distribution, form = Object.is(low, 0) && range === 1 ? "unit" : "uniform";
      return { form, settings: filled(low, range) };
    }
    case "normal": {
      const { mean, std } = distribution, form = Object.is(mean, 0) && std === 1 ? "standard" : "normal";
      return { form, settings: filled(mean, std) };
    }
    case "integer": {
      const { min, span } = distribution, multiplier = integerMultiplier(span);
      return {
        form: multiplier === 0 ? "wideInteger" : "integer",
        settings: filled(min, span, 1 / span, multiplier),
      };
    }
  }
}

/** How many numbers are drawn together. */
const GROUP = 32;

/** Bytes of scratch memory that drawing takes: a group of 64 bits each. */
export const DRAW_SCRATCH = 256;

/** The number of vectors whose inverse error function is computed together. */
const TOGETHER = 6;

/** How many numbers are drawn before they are made normal: whole groups, few enough for the first-level cache. */
const BLOCK = 1920;

const SETTINGS = ["first", "second", "third", "fourth"] as const;

/** The specification of a function that draws. */
export type DrawFunction = {
  readonly form: Form;
  readonly dtype: DType;
  /** Whether relaxed SIMD may be used. */
  readonly relaxed: boolean;
  /** The vector code that makes normal numbers, if the form is one of them. */
  readonly functions: Pick<VectorFunctions, "erfInverse">;
};

/** The functions that each module already has. */
const built = new WeakMap<ModuleBuilder, Map<string, Callable<"none">>>();

/**
 * Returns the function of a module that draws numbers `from` to `to - 1` of a stream; builds it on first use.
 *
 * @param name A name to export it by.
 * @returns The function, with parameters `(high, low, from, to, target, scratch: i32, first, second, third, fourth: f64)`: the
 * words of the key, the range, the address of number `from`, that of {@link DRAW_SCRATCH} bytes, and settings.
 */
export function drawFunction(m: ModuleBuilder, spec: DrawFunction, name?: string): Callable<"none"> {
  const { form, dtype, relaxed } = spec, key = `${form} ${dtype} ${relaxed}`;
  const known = built.get(m) ?? new Map<string, Callable<"none">>(), found = known.get(key);
  if (found !== undefined) return found;
  built.set(m, known);
  const made = form === "standard" || form === "normal" ? buildNormal(m, spec, name) : buildDraw(m, spec, name);
  known.set(key, made);
  return made;
}

const PARAMETERS = {
  high: "i32",
  low: "i32",
  from: "i32",
  to: "i32",
  target: "i32",
  scratch: "i32",
  first: "f64",
  second: "f64",
  third: "f64",
  fourth: "f64",
} as const;

const signature = (name: string | undefined) => ({ ...name !== undefined && { name }, parameters: PARAMETERS });

function buildDraw(m: ModuleBuilder, { form, dtype, relaxed }: DrawFunction, name?: string): Callable<"none"> {
  return m.function(signature(name), (f, given) => {
    const { high, low, from, to, target, scratch } = given;
    const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths: {}, functions: ARITHMETIC });
    const setting: Setting = (index, as) => splat(f, given[SETTINGS[index]!], as);
    const key: KeyWords = [high, low];
    const draw = form === "unit"
      ? drawUnits(math, key)
      : form === "uniform"
      ? drawUnits(math, key, { low: setting(0, dtype), range: setting(1, dtype) })
      : drawIntegers(math, key, setting, form === "integer");
    const left = f.let(i32.sub(to, from));
    const counters = f.let(i32x4.add(i32x4.splat(from), i32x4.const(0, 1, 2, 3)));
    inGroups(f, { left, target, scratch, bytes: BYTES_PER_ELEMENT[dtype], group: GROUP }, (place) => {
      draw(counters, place);
      f.set(counters, i32x4.add(counters, i32x4.const(GROUP)));
    });
  });
}

/** Draws blocks of uniform numbers in (-1, 1), and makes each normal while it is in the cache. */
function buildNormal(m: ModuleBuilder, spec: DrawFunction, name?: string): Callable<"none"> {
  const { dtype } = spec, uniform = drawFunction(m, { ...spec, form: "uniform" }), bytes = BYTES_PER_ELEMENT[dtype];
  const normalize = buildNormalize(m, spec), start = aboveMinusOne(DTYPES[dtype].epsilon);
  return m.function(signature(name), (f, { high, low, from, to, target, scratch, first, second }) => {
    const end = f.local("i32");
    f.while(i32.lt_s(from, to), () => {
      f.set(end, i32.add(from, BLOCK));
      f.set(end, select(i32.lt_s(end, to), end, to));
      f.do(call(uniform, high, low, from, end, target, scratch, start, 2, 0, 0));
      f.do(call(normalize, i32.sub(end, from), target, scratch, first, second));
      f.increment(target, BLOCK * bytes);
      f.set(from, end);
    });
  });
}

/** Builds the function that replaces uniform numbers in (-1, 1) by normal ones. */
function buildNormalize(m: ModuleBuilder, { form, dtype, relaxed, functions }: DrawFunction): Callable<"none"> {
  const erfInverse = functions.erfInverse?.[dtype];
  if (erfInverse === undefined) {
    throw new TypeError(
      "Cannot draw normal numbers with the vector code that has been loaded: it must have their inverse error function; " +
        "draw them with randomNormal, which loads it",
    );
  }
  const parameters = { left: "i32", target: "i32", scratch: "i32", mean: "f64", std: "f64" } as const;
  return m.function({ parameters }, (f, { left, target, scratch, mean, std }) => {
    const math = vectorMathOf({ f, dtype, relaxed, constants: constantsOf(f), slowPaths: {}, functions: ARITHMETIC });
    const root = math.constant(DTYPES[dtype].round(Math.SQRT2)), vectors = TOGETHER;
    const bytes = BYTES_PER_ELEMENT[dtype];
    const offset = splat(f, mean, dtype), scale = splat(f, std, dtype), float = FLOAT_VECTORS[dtype];
    inGroups(f, { left, target, scratch, bytes, group: vectors * 16 / bytes, reads: true }, (place) => {
      const xs = Array.from({ length: vectors }, (_, k) => f.let(v128.load(place, 16 * k)));
      erfInverse(math, xs).forEach((y, k) => {
        const standard = float.mul(y, root);
        f.do(v128.store(place, form === "standard" ? standard : affine(math, standard, offset, scale), 16 * k));
      });
    });
  });
}

/**
 * Emits a loop over groups of elements. The last ones, if they do not fill a group, are processed in scratch memory,
 * since the elements behind them must not be overwritten.
 *
 * @param reads Whether `body` reads the elements that are already there.
 */
function inGroups(
  f: FunctionBuilder,
  { left, target, scratch, bytes, group, reads = false }: {
    readonly left: Local<"i32">;
    readonly target: Local<"i32">;
    readonly scratch: Local<"i32">;
    readonly bytes: number;
    readonly group: number;
    readonly reads?: boolean;
  },
  body: (place: Local<"i32">) => void,
): void {
  const place = f.local("i32"), rest = i32.mul(left, bytes), isPart = i32.lt_s(left, group);
  f.while(i32.gt_s(left, 0), () => {
    f.set(place, select(isPart, scratch, target));
    if (reads) f.if(isPart, () => f.do(memory.copy(scratch, target, rest)));
    body(place);
    f.if(isPart, () => f.do(memory.copy(target, scratch, rest)));
    f.increment(target, group * bytes);
    f.increment(left, -group);
  });
}

const splat = (f: FunctionBuilder, value: Local<"f64">, dtype: DType): Local<"v128"> =>
  f.let(dtype === "float32" ? f32x4.splat(f32.demote_f64(value)) : f64x2.splat(value));

type KeyWords = readonly [Local<"i32">, Local<"i32">];
/** Returns a setting in all lanes of a dtype. */
type Setting = (index: number, dtype: DType) => Local<"v128">;
/** Emits the code that draws a group, whose first counters are given, and stores it at an address. */
type DrawGroup = (counters: Local<"v128">, place: Local<"i32">) => void;

/** Computes `offset + scale * x`, rounded twice. */
function affine({ dtype, keep }: VectorMath<FunctionBuilder>, x: Vector, offset: Vector, scale: Vector): Vector {
  const float = FLOAT_VECTORS[dtype];
  return keep(float.add(float.mul(x, scale), offset));
}

/** The counters of vectors that follow one another. */
const countersOf = ({ f }: VectorMath<FunctionBuilder>, first: Local<"v128">, vectors: number): readonly Vector[] =>
  Array.from({ length: vectors }, (_, k) => k === 0 ? first : f.let(i32x4.add(first, i32x4.const(4 * k))));

/** Draws uniform numbers: the leading bits of each word become the fraction of a number in [1, 2), and 1 is subtracted. */
function drawUnits(
  math: VectorMath<FunctionBuilder>,
  key: KeyWords,
  bounds?: { readonly low: Vector; readonly range: Vector },
): DrawGroup {
  const { f, dtype, keep, constant, bits, constants } = math, schedule = keySchedule(f, key);
  return (counters, place) => {
    const pairs = threefry(
      f,
      countersOf(math, counters, GROUP / 4).map((own) => ({ schedule, counters: own })),
      math.relaxed ? constants : undefined,
    );
    const units = pairs.flatMap(([a, b]) => {
      if (dtype === "float32") {
        return [keep(f32x4.sub(v128.or(i32x4.shr_u(v128.xor(a, b), 9), bits(0x3f800000n)), constant(1)))];
      }
      const exponent = constants.get("the upper word of 1", () => i32x4.const(0x3ff00000));
      const upper = keep(v128.or(i32x4.shr_u(a, 12), exponent));
      const lower = keep(v128.or(i32x4.shl(a, 20), i32x4.shr_u(b, 12)));
      const halves = [[0, 4, 1, 5], [2, 6, 3, 7]].map((lanes) => shuffle(lower, upper, lanes));
      return halves.map((half) => keep(f64x2.sub(half, constant(1))));
    });
    units.forEach((u, k) => {
      f.do(v128.store(place, bounds === undefined ? u : affine(math, u, bounds.low, bounds.range), 16 * k));
    });
  };
}

/** Draws whole numbers: remainders of 64 random bits or, where the upper bits do not matter, of 32. */
function drawIntegers(math: VectorMath<FunctionBuilder>, key: KeyWords, setting: Setting, both: boolean): DrawGroup {
  const { f, dtype, keep } = math, wide = vectorMathOf({ ...math, dtype: "float64" });
  // The two keys that a split gives.
  const [[a, b]] = threefry(f, [{ schedule: keySchedule(f, key), counters: i32x4.const(0, 1, 0, 0) }]) as [
    readonly [Vector, Vector],
  ];
  const schedules = (both ? [0, 1] : [1]).map((lane) =>
    keySchedule(f, [f.let(i32x4.extract_lane(a, lane)), f.let(i32x4.extract_lane(b, lane))])
  );
  const of = (index: number) => setting(index, "float64");
  const min = of(0), span = of(1), inverse = of(2), multiplier = of(3);
  const vectors = GROUP / 4 / schedules.length, one = f.local("v128"), at = f.local("i32");
  return (counters, place) => {
    f.set(one, counters);
    f.set(at, place);
    f.for({ to: schedules.length }, () => {
      const hashes: readonly Hash[] = countersOf(math, one, vectors).flatMap((own) =>
        schedules.map((schedule) => ({ schedule, counters: own }))
      );
      const numbers = threefry(f, hashes, math.relaxed ? math.constants : undefined).map(([a, b]) => {
        const word = keep(v128.xor(a, b));
        return [word, shuffle(word, word, [2, 3, 2, 3])].map((half) => keep(f64x2.convert_low_i32x4_u(half)));
      });
      for (let k = 0; k < vectors; k++) {
        const own = numbers.slice(k * schedules.length, (k + 1) * schedules.length);
        const halves = own.at(-1)!.map((low, half) => {
          // All of this is exact; adding a half keeps the quotient of a multiple of `span` from falling below a whole number.
          const all = both ? keep(wide.multiplyAdd(own[0]![half]!, multiplier, low)) : low;
          const quotient = f64x2.floor(f64x2.mul(f64x2.add(all, wide.constant(0.5)), inverse));
          return keep(f64x2.add(wide.subtractProduct(all, quotient, span), min));
        }) as [Vector, Vector];
        if (dtype === "float64") halves.forEach((v, half) => f.do(v128.store(at, v, 32 * k + 16 * half)));
        else {
          const [low, high] = halves.map((half) => f32x4.demote_f64x2_zero(half)) as [Vector, Vector]; // two halves
          f.do(v128.store(at, shuffle(low, high, [0, 1, 4, 5]), 16 * k));
        }
      }
      f.set(one, i32x4.add(one, i32x4.const(4 * vectors)));
      f.increment(at, 4 * vectors * BYTES_PER_ELEMENT[dtype]);
    });
  };
}
