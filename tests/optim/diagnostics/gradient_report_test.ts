import { assert, assertEquals } from "@std/assert";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { formatGradientReport } from "../../../optim/diagnostics/gradient_report.ts";

Deno.test("formatGradientReport() lines up its columns, whatever the sizes and norms", () => {
  const gradients = [{ weight: zeros([100352]), bias: tensor64([1e-12]) }, { weight: tensor64([12345, 1]) }];
  assertEquals(formatGradientReport(gradients).split("\n"), [
    "gradient     size   l2 norm   largest  mean |g|  NaN  infinite",
    "--------------------------------------------------------------",
    "0.weight  100,352         0         0         0    0         0",
    "0.bias          1  1.00e-12  1.00e-12  1.00e-12    0         0",
    "1.weight        2   1.23e+4   1.23e+4      6173    0         0",
    "--------------------------------------------------------------",
    "all       100,355   1.23e+4   1.23e+4    0.1230    0         0",
    "Exploding at 1.weight: a norm above 10; clip it or lower the learning rate",
  ]);
});

Deno.test("formatGradientReport() counts values that are not finite, and shows the verdict of gradientHealth()", () => {
  const last = (gradients: Parameters<typeof formatGradientReport>[0]) =>
    formatGradientReport(gradients).split("\n").at(-1);
  const report = formatGradientReport({ a: tensor32([NaN, NaN, Infinity]), b: tensor32([1]) }).split("\n");
  assert(report.some((line) => /^a +3 +NaN +NaN +NaN +2 +1$/.test(line)), report.join("\n"));
  assertEquals(report.at(-1), "NotFinite at a: NaN or infinities; diagnose(monitor) says when they began");
  assertEquals(last({ a: tensor64([0.1]) }), "Healthy: every norm is from 1e-7 to 10");
  assertEquals(
    last({ a: [tensor64([1e-9])] }),
    "Vanishing at a.0: a norm below 1e-7; is training over, or a layer cut off?",
  );
});

Deno.test("formatGradientReport() describes a lone tensor, and no gradients at all", () => {
  assertEquals(
    formatGradientReport(tensor64([3, 4])).split("\n")[2],
    "(tensor)     2    5.000    4.000     3.500    0         0",
  );
  assertEquals(formatGradientReport([]).split("\n").length, 5);
});
