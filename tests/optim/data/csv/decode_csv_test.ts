/** Tables: `optim/data/csv/csv_rows.ts`, `optim/data/csv/csv_columns.ts` and the declarations of `optim/data/csv/papaparse.d.ts` too. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  type Categories,
  columnsAsMatrix,
  type CsvColumns,
  DataError,
  decodeCsv,
  readCsv,
} from "../../../../optim/data/mod.ts";
import { type Tensor, toArray, toList } from "../../../../mod.ts";
import { visitRows } from "../../../../optim/data/csv/csv_rows.ts";
import { files, inFolder } from "../../../programs.ts";

function tableOf<const C extends CsvColumns>(text: string, columns: C, options = {}) {
  const table = decodeCsv(text, { columns, ...options });
  assert(table._tag === "Right", table._tag === "Left" ? table.left.message : "");
  return table.right;
}

function problem(text: string, columns: CsvColumns, options = {}): string {
  const table = decodeCsv(text, { columns, ...options });
  assert(table._tag === "Left" && table.left instanceof DataError);
  return table.left.message;
}

Deno.test("decodeCsv() makes tensors, categories and texts, and its type says which", () => {
  const text = '\ufeffname,age, size ,alive,kind\r\nTom,3,4.5,yes,cat\r\n"Rex, the 2nd",7,-1e2,0,dog\r\n';
  const { rows, columns } = tableOf(text, {
    name: "text",
    age: "number",
    size: "number",
    alive: "boolean",
    kind: "category",
  });
  const age: Tensor<"float32"> = columns.age, kind: Categories = columns.kind, name: readonly string[] = columns.name;
  assertEquals([rows, toList(age), toList(columns.size), toList(columns.alive)], [2, [3, 7], [4.5, -100], [1, 0]]);
  assertEquals([kind.categories, toList(kind.codes), name], [["cat", "dog"], [0, 1], ["Tom", "Rex, the 2nd"]]);
  // @ts-expect-error: texts are no tensor
  assertThrows(() => columnsAsMatrix({ rows, columns }, ["name"]), TypeError, 'Cannot join the column "name"');
  // @ts-expect-error: there is no such column
  assertThrows(() => columnsAsMatrix({ rows, columns }, ["weight"]), TypeError);
  assertEquals(toArray(columnsAsMatrix({ rows, columns }, ["size", "age"])), [[4.5, 3], [-100, 7]]);
});

Deno.test("decodeCsv() fills in missing values only where it is told how", () => {
  const text = "a,b,c\n1,,x\nNA,no,\n5,?,y\n";
  const { columns } = tableOf(text, {
    a: { type: "number", missing: "mean" },
    b: { type: "boolean", missing: NaN },
    c: { type: "category", missing: "none" },
  });
  assertEquals([toList(columns.a), toList(columns.b)], [[1, 3, 5], [NaN, 0, NaN]]);
  assertEquals([columns.c.categories, toList(columns.c.codes)], [["none", "x", "y"], [1, 0, 2]]);
  assertStringIncludes(problem(text, { a: "number" }), 'line 3, column 1 "a": the value is missing; fill it in');
  assertStringIncludes(problem(text, { c: "category" }), 'line 3, column 3 "c": the value is missing');
  assertEquals(tableOf("a\n-9\n1\n", { a: { type: "number", missing: 0 } }, { missing: ["-9"] }).columns.a.shape, [2]);
  const nothing = decodeCsv("b,a\n1,NA\n", { columns: { b: "number", a: { type: "number", missing: "mean" } } });
  assert(nothing._tag === "Left");
  assertStringIncludes(nothing.left.message, '"a"');
  assertStringIncludes(nothing.left.message, "no row has a number, so they have no mean; set missing to a number");
});

Deno.test("decodeCsv() takes categories in the order given, and no others", () => {
  const size = { type: "category", categories: ["small", "large"] } as const;
  assertEquals(toList(tableOf("size\nlarge\nsmall\n", { size }).columns.size.codes), [1, 0]);
  assertStringIncludes(
    problem("size\nlarge\nhuge\n", { size }),
    'line 3, column 1 "size": "huge" must be one of small, large',
  );
});

Deno.test("decodeCsv() reads tables without a header, and with other delimiters", () => {
  const { columns } = tableOf("1;a\n2;b", { n: "number", t: "text" }, { header: false, delimiter: ";" });
  assertEquals([toList(columns.n), columns.t], [[1, 2], ["a", "b"]]);
  assertStringIncludes(problem("1,2,3\n", { n: "number" }, { header: false }), "has 3 fields, and columns names 1");
});

Deno.test("decodeCsv() names line and column of what is wrong", () => {
  const columns = { a: "number" } as const;
  assertStringIncludes(
    problem("a,b\n1,2\n3,4,5\n", columns),
    "line 3, column 3: the row has 3 fields, and line 1 has 2",
  );
  assertStringIncludes(problem("a,b\n1,2\n3\n", columns), "line 3, column 2: the row has 1 field, and line 1 has 2");
  assertStringIncludes(problem('b,a\n"two\nlines",1\n"x",y\n', columns), 'line 4, column 2 "a": "y" must be a number');
  assertStringIncludes(problem('a,b\n1,"2\n3,4\n', columns), "line 2: Quoted field unterminated; double quotes");
  assertStringIncludes(problem('a,b\n1,2\n3,"4"5\n', columns), "line 3: Trailing quote on quoted field is malformed");
  for (const wrong of ["0x10", "1 000", "1,5", "Infinity", "1e", ".", "--1", "one"]) {
    assertStringIncludes(problem(`a;b\n${wrong};\n`, columns, { delimiter: ";" }), "must be a number");
  }
  assertStringIncludes(problem("a,b\n1,2\n-1e39,4\n", columns), 'line 3, column 1 "a": "-1e39" is out of the range');
  assertStringIncludes(problem("a\nmaybe\n", { a: "boolean" }), '"maybe" must be true or false');
  assertStringIncludes(problem("a\nconstructor\n", { a: "boolean" }), "must be true or false");
  assertStringIncludes(
    problem("b,c\n1,2\n", columns),
    'line 1: the header must have the column "a" once, and has "b", "c"',
  );
  assertStringIncludes(problem("a,a\n1,2\n", columns), 'the column "a" once');
  assertStringIncludes(problem("", columns), "an empty text");
});

Deno.test("decodeCsv() finds thousands of columns by their names, and one that occurs twice", () => {
  // Looking through the header for each name took 4 s for 30,000 of them.
  const names = Array.from({ length: 10_000 }, (_, k) => `c${k}`), header = names.toReversed().join(",");
  const types: CsvColumns = Object.fromEntries(names.map((name) => [name, "number"]));
  const { columns } = tableOf(`${header}\n${names.map((_, k) => k)}`, types);
  assertEquals([columns["c3"], columns["c9999"]].map((t) => toList(t as Tensor)), [[9996], [0]]);
  assertStringIncludes(problem(`${header},c3\n${header},1`, types), 'the header must have the column "c3" once');
});

Deno.test("decodeCsv() skips empty lines, but not rows of one empty field", () => {
  assertEquals(toList(tableOf("a,b\n\n1,2\n\n\n3,4\n\n", { a: "number" }).columns.a), [1, 3]);
  assertStringIncludes(problem("a\n1\n\n2\n", { a: "number" }), "line 3, column 1");
  assertEquals(tableOf("a\n", { a: "number" }).rows, 0);
  assertStringIncludes(problem("a,b\n\n1,2\n\nx,4\n", { a: "number" }), "line 5");
});

Deno.test("decodeCsv() refuses wrong options at once", () => {
  // @ts-expect-error: there is no such type
  assertThrows(() => decodeCsv("a\n1\n", { columns: { a: "integer" } }), TypeError, 'the column "a"');
  // @ts-expect-error: a number column is not filled with a text
  assertThrows(() => decodeCsv("a\n1\n", { columns: { a: { type: "number", missing: "x" } } }), TypeError, "mean");
  const category = (categories: readonly string[]) => ({ columns: { a: { type: "category", categories } } } as const);
  // @ts-expect-error: categories are a list
  assertThrows(() => decodeCsv("a\nab\n", category("abc")), TypeError, "an array of different names");
  assertThrows(() => decodeCsv("a\nb\n", category(["b", "b"])), TypeError, "an array of different names");
  // @ts-expect-error: columns are missing
  assertThrows(() => decodeCsv("a\n1\n", {}), TypeError, "columns");
  assertThrows(() => decodeCsv("a\n1\n", { columns: {} }), TypeError, "columns");
  assertThrows(() => decodeCsv("a\n1\n", { columns: { a: "number" }, delimiter: '"' }), TypeError, "one character");
  // @ts-expect-error: bytes are no text
  assertThrows(() => decodeCsv(new Uint8Array(), { columns: { a: "number" } }), TypeError, "TextDecoder");
});

Deno.test("decodeCsv() reads back any table, whatever is quoted", () => {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(
      fc.array(fc.record({ n: fc.double({ min: -3e38, max: 3e38, noNaN: true }), t: fc.string() }), { maxLength: 6 }),
      (rows) => {
        const text = ["n,t", ...rows.map(({ n, t }) => `${n},${quoted(t)}`)].join("\n");
        const { columns } = tableOf(text, { n: "number", t: "text" });
        assertEquals(columns.t, rows.map(({ t }) => t.replaceAll(/\r\n?/g, "\n")));
        toList(columns.n).forEach((value, k) => assertAlmostEquals(value / Math.fround(rows[k]!.n) || 1, 1));
      },
    ),
  );
});

Deno.test("decodeCsv() answers whatever the text", () => {
  const texts = fc.array(fc.constantFrom("a", "b", "1", "-2.5", ",", ",", "\n", "\n", '"', "\r", " ", "\u0000", "é"), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(texts, (parts) => {
      const table = decodeCsv(`a,b\n${parts.join("")}`, {
        columns: { a: "number", b: { type: "category", missing: "" } },
      });
      if (table._tag === "Left") return assert(table.left instanceof DataError);
      assertEquals([table.right.columns.a.shape, table.right.columns.b.codes.shape], [[table.right.rows], [
        table.right.rows,
      ]]);
    }),
    { numRuns: 300 },
  );
});

Deno.test("readCsv() reads a file, or says why it cannot", files, () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/t.csv`, "\ufeffa\n1\n2\n");
    const table = await readCsv(new URL(`file://${folder}/t.csv`), { columns: { a: "number" } })();
    assert(table._tag === "Right");
    assertEquals(toList(table.right.columns.a), [1, 2]);
    const none = await readCsv(`${folder}/none.csv`, { columns: { a: "number" } })();
    assert(none._tag === "Left");
    assertStringIncludes(none.left.message, "Cannot read CSV: ");
    await assertRejects(async () => await readCsv(`${folder}/t.csv`, { columns: {} })(), TypeError);
  }));

Deno.test("texts for missing values are an array, since the letters of a text would each be one", () => {
  const wrong = (value: unknown): never => value as never; // callers without types can pass anything
  const columns = { a: "number" } as const;
  assertThrows(
    () => decodeCsv("a\nN\n", { columns, missing: wrong("NA") }),
    TypeError,
    'with "NA" for missing: it must be',
  );
  assertThrows(
    () => decodeCsv("a\nN\n", { columns, missing: wrong([null]) }),
    TypeError,
    "it must be an array of strings",
  );
  assertThrows(() => columnsAsMatrix(wrong({ _tag: "Right" }), ["a"]), TypeError, "it must be a table");
  assertThrows(() => columnsAsMatrix(wrong({ columns: {} }), wrong("a")), TypeError, "names must be an array");
});

Deno.test("readCsv() refuses other encodings, whose letters it would confuse", files, () =>
  inFolder(async (folder) => {
    const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const utf16 = new Uint8Array(Uint16Array.from("\ufeffa\n1\n", (letter) => letter.charCodeAt(0)).buffer);
    for (const bytes of [latin1("town\nZ\xfcrich\nZ\xe4rich\n"), utf16, Uint8Array.of(0x1f, 0x8b, 8, 0)]) {
      await Deno.writeFile(`${folder}/t.csv`, bytes);
      const table = await readCsv(`${folder}/t.csv`, { columns: { town: "category" } })();
      assert(table._tag === "Left");
      assertStringIncludes(table.left.message, `${folder}/t.csv: it must be UTF-8; convert it`);
    }
  }));

Deno.test("a field of a million digits is read in one go, whether it is a number or not", () => {
  const digits = "1".repeat(1_000_000), columns = { a: "number" } as const;
  assertStringIncludes(problem(`a\n${digits}x\n`, columns), "must be a number");
  assertStringIncludes(problem(`a\n${digits}.${digits}e${digits}x\n`, columns), "must be a number");
  assertEquals(toList(tableOf(`a\n0.${digits}\n1.\n.5e1\n`, columns).columns.a), [Math.fround(1 / 9), 1, 5]);
});

Deno.test("rows are visited one by one with their lines, whatever the line ends, until the visitor has seen enough", () => {
  const seen: [string, number][] = [];
  const visit = ([field]: readonly string[], line: number): boolean => {
    seen.push([field!, line]);
    return seen.length === 3;
  };
  for (const end of ["\n", "\r", "\r\n"]) {
    seen.length = 0;
    assertEquals(visitRows(`a${end}"x${end}y"${end}${end}b${end}`, ",", visit), undefined);
    assertEquals(seen, [["a", 1], ["x\ny", 2], ["", 4]]);
  }
});

Deno.test("quotes may have spaces behind them and nothing inside, at the end of the text too", () => {
  const columns = { a: "text", b: "text" } as const;
  assertEquals(tableOf('a,b\n"" ,"x" \n"y"\t,""', columns).columns, { a: ["", "y"], b: ["x", ""] });
  assertEquals(tableOf('a\nx\n""', { a: "text" }).columns.a, ["x", ""]);
  assertEquals(tableOf("a,b\r1,\r\n2,3\r", columns).columns, { a: ["1", "2"], b: ["", "3"] });
  assertEquals(tableOf('a,b\n1,x"y"\n2,"x\r\ny\rz"\n', columns).columns.b, ['x"y"', "x\ny\nz"]);
});

Deno.test("the first problem of a text is the one that is reported", () => {
  const columns = { a: "number", b: "number" } as const;
  assertStringIncludes(problem('a,b\n1\n"2,3\n', columns), "line 2, column 2: the row has 1 field");
  assertStringIncludes(problem('a,b\n"1"2,3\n4\n', columns), "line 2: Trailing quote");
});
