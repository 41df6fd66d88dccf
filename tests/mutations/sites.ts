/**
 * Small changes of a source file that alter what it means.
 *
 * @module
 */
import { parse } from "@babel/parser";

/** A change: the text between two positions is replaced. */
export type Mutation = {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The line, counted from 1, and what changes there. */
  readonly line: number;
  readonly what: string;
};

/** A node of a syntax tree, with the fields that mutations read. */
type Node = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [child: string]: unknown;
};

/** Operators, and what each becomes. */
const OPERATORS: { readonly [operator: string]: string } = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
  "+=": "-=",
  "-=": "+=",
};

/** Names of functions in calls, and what each becomes. */
const FUNCTIONS: { readonly [name: string]: string } = {
  "Math.max": "Math.min",
  "Math.min": "Math.max",
  "Math.floor": "Math.ceil",
  "Math.ceil": "Math.floor",
  some: "every",
  every: "some",
};

/** Returns all mutations of a file; types, imports, templates, and errors with their messages have none. */
export function mutationsOf(file: string, text: string): readonly Mutation[] {
  const tree = parse(text, { sourceType: "module", plugins: ["typescript"] }).program as unknown as Node; // Babel's own type lists every kind
  const found: Mutation[] = [];
  const add = (start: number, end: number, line: number, replacement: string): void => {
    found.push({ file, start, end, replacement, line, what: `${text.slice(start, end)} becomes ${replacement}` });
  };
  const replace = (node: Node, replacement: string) => add(node.start, node.end, node.loc.start.line, replacement);
  const negate = (node: Node) => replace(node, `!(${text.slice(node.start, node.end)})`);
  const operator = ({ left, right, operator: own, loc }: Node): void => {
    const [before, after] = [left, right] as [Node, Node]; // both operands are nodes
    const other = OPERATORS[own as string];
    if (other === undefined || [before, after].some(({ type }) => /^(String|Template)Literal$/.test(type))) return;
    const start = text.indexOf(own as string, before.end); // only brackets and spaces are between
    add(start, start + (own as string).length, loc.start.line, other);
  };
  const visit = (node: Node): void => {
    if (isIrrelevant(node)) return;
    const { type, test, value, callee } = node;
    if (/^(Binary|Logical|Assignment)Expression$/.test(type)) operator(node);
    else if (type === "NumericLiteral") replace(node, value === 0 ? "1" : `(${value} + 1)`);
    else if (type === "BooleanLiteral") replace(node, String(!value));
    else if (type === "IfStatement" || type === "ConditionalExpression") negate(test as Node);
    else if (type === "CallExpression" && (callee as Node).type === "MemberExpression") {
      const called = callee as Node, property = called.property as Node;
      const whole = FUNCTIONS[text.slice(called.start, called.end)], method = FUNCTIONS[property.name as string];
      if (whole !== undefined) replace(called, whole);
      else if (method !== undefined) replace(property, method);
    }
    for (const child of Object.values(node)) {
      for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) visit(one);
    }
  };
  visit(tree);
  return found.toSorted((a, b) => a.start - b.start || b.end - a.end);
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "loc" in value && "start" in value;

/** Tells whether a node is a type, an import, a template or an error, whose words and numbers no test must pin down. */
const isIrrelevant = ({ type, callee }: Node): boolean =>
  (type.startsWith("TS") && !/^TS(As|NonNull|Satisfies)Expression$/.test(type)) || type === "ImportDeclaration" ||
  type === "ThrowStatement" || type === "TemplateLiteral" || type.startsWith("Comment") ||
  (type === "NewExpression" && /Error$/.test(String((callee as Node).name)));
