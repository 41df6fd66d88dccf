/**
 * Code of operations that hold programs (body, branch, scan and while), emitted inside a program and run.
 *
 * @module
 */
import { assertEquals, assertStrictEquals } from "@std/assert";
import { bytesOf, isInPlace, lowerBody } from "../../../../../blas/simd/program/bodies/body.ts";
import { elementIsNotZero, lowerBranch } from "../../../../../blas/simd/program/bodies/branch.ts";
import { lowerScan } from "../../../../../blas/simd/program/bodies/scan.ts";
import { lowerWhile } from "../../../../../blas/simd/program/bodies/while.ts";
import { compileProgram } from "../../../../../blas/simd/program/compile.ts";
import { elementsOf } from "../../../layouts.ts";
import { branch, CASES, loop, PAIR, programOf, scan } from "../../../program/held_programs.ts";
import { functionOf } from "../../../wasm/modules.ts";
import { floats, type, whole } from "../small_programs.ts";
