/**
 * Runs tests and measures which lines of the library they reach: `deno task coverage`, or `deno task coverage tests/optim` for
 * some folders or files; with `--add`, the report is also about what earlier runs measured. It is in `coverage/html`, and its
 * table in `coverage/summary.txt`.
 *
 * Programs that tests start count for nothing here and take most of the time, so the tests may start none.
 *
 * @module
 */

/** The folders that mirror those of the library. */
const ALL = ["tests/autograd", "tests/blas", "tests/layers", "tests/optim"];

/** The arguments of Deno that run the tests, for what the task was given. */
export function testArguments(given: readonly string[]): readonly string[] {
  const folders = given.filter((one) => one !== "--add");
  return [
    ...[
      "test",
      "--allow-all",
      "--deny-run",
      "--lock=tests/deno.lock",
      "--no-check",
      "--parallel",
      "--coverage=coverage",
      "--coverage-raw-data-only",
    ],
    ...folders.length === 0 ? ALL : folders,
  ];
}

const REPORT = ["coverage", "--include=/(autograd|blas|layers|optim)/", "--exclude=/tests/", "coverage"];

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  // There may be no earlier measurements.
  if (!Deno.args.includes("--add")) await Deno.remove(new URL("coverage", root), { recursive: true }).catch(() => {});
  const deno = (args: readonly string[], stdout: "inherit" | "piped") =>
    new Deno.Command(Deno.execPath(), { args: [...args], cwd: root, env: { NO_COLOR: "1" }, stdout, stderr: "inherit" })
      .spawn();
  const { code } = await deno(testArguments(Deno.args), "inherit").status;
  const { stdout: table } = await deno(REPORT, "piped").output(); // with `--html`, there is no table
  await Deno.writeFile(new URL("coverage/summary.txt", root), table);
  console.log(new TextDecoder().decode(table).trimEnd().split("\n").at(-1));
  const report = await deno([...REPORT, "--html"], "inherit").status;
  Deno.exit(code === 0 ? report.code : code);
}
