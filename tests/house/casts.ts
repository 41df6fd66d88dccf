/**
 * Casts, `value as T`, that no comment explains.
 *
 * @module
 */
import { parse } from "@babel/parser";

/** A node of a syntax tree, with the fields that this search reads. */
type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: Position; readonly end: Position };
  readonly [child: string]: unknown;
};

type Position = { readonly line: number };

/** A cast, by its line, counted from 1, and its text, which is cut off where it is long. */
export type Cast = { readonly line: number; readonly code: string };

/**
 * Lists the casts of a program without a comment, which must be on a line of the cast or on the line above. `as const` is
 * not a cast, and neither are new names in imports and exports.
 */
export function unexplainedCasts(text: string): readonly Cast[] {
  const file = parse(text, { sourceType: "module", plugins: ["typescript"], attachComment: false }) as unknown as
    & Node
    & { readonly program: Node; readonly comments: readonly Node[] }; // Babel's own type lists every kind
  const commented = new Set(file.comments.flatMap(({ loc }) => linesOf(loc.start.line, loc.end.line)));
  const found: Cast[] = [];
  const visit = (node: Node): void => {
    const { type, start, end, loc } = node;
    if (type === "TSAsExpression" && !isConst(node)) {
      if (!linesOf(loc.start.line - 1, loc.end.line).some((line) => commented.has(line))) {
        found.push({ line: loc.start.line, code: text.slice(start, end).replaceAll(/\s+/g, " ").slice(0, 60) });
      }
    }
    for (const child of Object.values(node)) {
      for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) visit(one);
    }
  };
  visit(file.program);
  return found;
}

const linesOf = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, k) => first + k);

const isConst = ({ typeAnnotation }: Node): boolean => {
  const { typeName } = typeAnnotation as Node; // the type that is cast to
  return isNode(typeName) && typeName.name === "const";
};

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "loc" in value && "start" in value;
