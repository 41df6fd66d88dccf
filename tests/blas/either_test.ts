import { assertEquals } from "@std/assert";
import * as fpts from "fp-ts/Either.js";
import fc from "fast-check";
import * as either from "../../blas/either.ts";
import type { Either } from "../../deps.ts";

const anyEither: fc.Arbitrary<Either<string, number>> = fc.oneof(
  fc.string().map((error) => either.left<string, number>(error)),
  fc.integer().map((answer) => either.right<string, number>(answer)),
);

Deno.test("the functions of Either take fp-ts's values and return what fp-ts's functions return", () => {
  const halved = (x: number): Either<string, number> => x % 2 === 0 ? fpts.right(x / 2) : fpts.left(`${x} is odd`);
  fc.assert(fc.property(anyEither, (x) => {
    assertEquals(either.isLeft(x), fpts.isLeft(x));
    assertEquals(either.isRight(x), fpts.isRight(x));
    assertEquals(either.map((n: number) => n + 1)(x), fpts.map((n: number) => n + 1)(x));
    assertEquals(either.mapLeft((e: string) => e.length)(x), fpts.mapLeft((e: string) => e.length)(x));
    assertEquals(either.chain(halved)(x), fpts.chain(halved)(x));
    assertEquals(
      either.match((e: string) => e, (n: number) => `${n}`)(x),
      fpts.match((e: string) => e, (n: number) => `${n}`)(x),
    );
  }));
  fc.assert(
    fc.property(
      fc.array(anyEither, { maxLength: 5 }),
      (xs) => assertEquals(either.sequenceArray(xs), fpts.sequenceArray(xs)),
    ),
  );
  assertEquals(either.left("no"), fpts.left("no"));
  assertEquals(either.right(1), fpts.right(1));
});

Deno.test("chain() obeys the laws of a monad", () => {
  const f = (x: number): Either<string, number> => x > 0 ? either.right(x - 1) : either.left("not positive");
  const g = (x: number): Either<string, number> => either.right(x * 3);
  fc.assert(fc.property(anyEither, fc.integer(), (x, n) => {
    assertEquals(either.chain(f)(either.right(n)), f(n));
    assertEquals(either.chain((answer: number) => either.right<string, number>(answer))(x), x);
    assertEquals(either.chain(g)(either.chain(f)(x)), either.chain((y: number) => either.chain(g)(f(y)))(x));
  }));
});
