import { assertEquals, assertStringIncludes } from "@std/assert";
import { apiPage } from "../../site/api_pages.ts";

const ROOT = "file:///home/me/nanograd/";
const SOURCE =
  '<a\n  class="sourceButton"\n  href="file:&#x2F;&#x2F;&#x2F;home&#x2F;me&#x2F;nanograd&#x2F;mod.ts"><svg></svg></a>';

Deno.test("apiPage() removes links into the machine that built the site", () => {
  assertEquals(
    apiPage(`a${SOURCE}b`, { guide: "/", root: ROOT, sources: undefined }),
    "ab",
  );
});

Deno.test("apiPage() leads to the sources where they are published", () => {
  const page = apiPage(SOURCE, {
    guide: "/",
    root: ROOT,
    sources: "https://example.com/blob/",
  });
  assertStringIncludes(page, 'href="https://example.com/blob/mod.ts"');
});

Deno.test("apiPage() imports by the name of the package, and keeps links to elements that exist", () => {
  const page = apiPage(
    'import { x } from &quot;.&quot; <a href="#type_param_p">P</a> <a href="#type_param_q">Q</a> <p id="type_param_p">',
    { guide: "/", root: ROOT, sources: undefined },
  );
  assertStringIncludes(page, "from &quot;@nanograd/nanograd&quot;");
  for (const entry of ["blas", "data", "distributed"]) {
    const apart = apiPage(`import { x } from &quot;${entry}&quot;`, { guide: "/", root: ROOT, sources: undefined });
    assertEquals(apart, `import { x } from &quot;@nanograd/nanograd/${entry}&quot;`);
  }
  assertStringIncludes(page, '<a href="#type_param_p">P</a> <a>Q</a>');
});

Deno.test("apiPage() links to the guide", () => {
  const page = apiPage('<head></head><button id="theme-toggle">', {
    guide: "/nanograd/",
    root: ROOT,
    sources: undefined,
  });
  assertStringIncludes(
    page,
    '<a id="guide" href="/nanograd/">Guide</a><button id="theme-toggle">',
  );
});
