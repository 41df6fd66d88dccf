import { assertEquals } from "@std/assert";
import * as nanograd from "../../../autograd/linalg/mod.ts";
import type { NormOptions, NormOrder } from "../../../autograd/linalg/mod.ts";
import type { Tensor } from "../../../mod.ts";
import json from "../../fixtures/linalg.json" with { type: "json" };
import { type Call, checkRecorded, type RecordedCase } from "../../torch/recorded_cases.ts";

// `tests/fixtures/make_linalg.py` wrote PyTorch's numbers.

type Settings = {
  readonly exponent?: number;
  readonly lower?: boolean;
  readonly order?: string;
  readonly axes?: readonly number[];
  readonly keepDims?: boolean;
};
type LinalgCase = RecordedCase & { readonly op: string; readonly settings: Settings };

const orderOf = (text: string): NormOrder => text === "frobenius" || text === "nuclear" ? text : Number(text);

const normOptions = ({ order, axes, keepDims }: Settings): NormOptions => ({
  ...order === undefined ? {} : { order: orderOf(order) },
  ...axes === undefined ? {} : { axes },
  ...keepDims === undefined ? {} : { keepDims },
});

const single = (f: (...inputs: Tensor[]) => Tensor): Call => (...inputs) => [f(...inputs)];

const CALLS: Readonly<Record<string, (settings: Settings) => Call>> = {
  cholesky: () => single((a) => nanograd.cholesky(a!)),
  inverse: () => single((a) => nanograd.inverse(a!)),
  determinant: () => single((a) => nanograd.determinant(a!)),
  logDeterminant: () => single((a) => nanograd.logDeterminant(a!)),
  matrixPower: ({ exponent }) => single((a) => nanograd.matrixPower(a!, exponent!)),
  solve: () => single((a, b) => nanograd.solve(a!, b!)),
  solveTriangular: ({ lower }) => single((a, b) => nanograd.solveTriangular(a!, b!, { lower: lower! })),
  leastSquares: () => single((a, b) => nanograd.leastSquares(a!, b!)),
  norm: (settings) => single((t) => nanograd.norm(t!, normOptions(settings))),
  eigh: () => (a) => [nanograd.eigh(a!)].flatMap(({ values, vectors }) => [values, vectors]),
  qr: () => (a) => [nanograd.qr(a!)].flatMap(({ q, r }) => [q, r]),
  svd: () => (a) => [nanograd.svd(a!)].flatMap(({ u, s, v }) => [u, s, v]),
};

for (const recorded of json.cases as readonly LinalgCase[]) {
  Deno.test(`${recorded.name}: values and gradients are PyTorch's`, () => {
    checkRecorded(recorded, CALLS[recorded.op]!(recorded.settings));
  });
}

Deno.test("every function of linear algebra is compared with PyTorch", () => {
  const compared = new Set((json.cases as readonly LinalgCase[]).map(({ op }) => op));
  assertEquals(Object.keys(nanograd).filter((name) => !compared.has(name)), []);
});
