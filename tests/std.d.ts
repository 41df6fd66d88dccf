/** What the tests use of Deno's standard library; the npm package that carries it has no declarations. */
declare module "@std/assert/loose" {
  type ErrorClass<E> = abstract new (...args: never[]) => E;
  export class AssertionError extends Error {}
  export function assert(condition: unknown, message?: string): asserts condition;
  export function assertFalse(condition: unknown, message?: string): void;
  export function assertEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
  export function assertNotStrictEquals<T>(actual: T, expected: T, message?: string): void;
  export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, message?: string): void;
  export function assertGreater<T>(actual: T, expected: T, message?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertLess<T>(actual: T, expected: T, message?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void;
  export function assertExists<T>(actual: T, message?: string): asserts actual is NonNullable<T>;
  export function assertInstanceOf<E>(actual: unknown, expected: ErrorClass<E>, message?: string): asserts actual is E;
  export function assertMatch(actual: string, expected: RegExp, message?: string): void;
  export function assertStringIncludes(actual: string, expected: string, message?: string): void;
  export function assertArrayIncludes<T>(actual: ArrayLike<T>, expected: ArrayLike<T>, message?: string): void;
  export function assertThrows(f: () => unknown, message?: string): unknown;
  export function assertThrows<E extends Error>(
    f: () => unknown,
    errorClass: ErrorClass<E>,
    messageIncludes?: string,
    message?: string,
  ): E;
  export function assertRejects(f: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
  export function assertRejects<E extends Error>(
    f: () => PromiseLike<unknown>,
    errorClass: ErrorClass<E>,
    messageIncludes?: string,
    message?: string,
  ): Promise<E>;
  export function fail(message?: string): never;
}

/** What the examples use of it. */
declare module "@std/cli/parse-args" {
  export function parseArgs(args: readonly string[], options: {
    readonly alias?: Readonly<Record<string, string>>;
    readonly boolean?: readonly string[];
    readonly collect?: readonly string[];
    readonly string?: readonly string[];
    /** Called with what is declared nowhere; `false` leaves it out of the result. */
    readonly unknown?: (argument: string, key?: string, value?: unknown) => unknown;
  }): { readonly [flag: string]: unknown; readonly _: readonly (string | number)[] };
}

declare module "@std/fmt/colors" {
  export function bold(text: string): string;
  export function dim(text: string): string;
  export function red(text: string): string;
  export function green(text: string): string;
  export function yellow(text: string): string;
  export function cyan(text: string): string;
  /** Foreground and background out of the palette of 256 colours. */
  export function rgb8(text: string, color: number): string;
  export function bgRgb8(text: string, color: number): string;
  export function stripAnsiCode(text: string): string;
}

declare module "@std/text" {
  export function closestString(word: string, candidates: readonly string[]): string;
  export function levenshteinDistance(a: string, b: string): number;
}
