/* What `blas/machine/memory/libc.ts` asks of a C library, asked of musl: each line that is printed must end with "ok". */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uintptr_t word;

static int calls;
static word key, base;

static int accept(const void *a, const void *b) {
  calls++;
  key = (word)a;
  base = (word)b;
  return 0;
}

static int refuse(const void *a, const void *b) {
  (void)a, (void)b;
  calls++;
  return 1;
}

static void check(const char *what, int holds) { printf("%s: %s\n", what, holds ? "ok" : "wrong"); }

int main(void) {
  check("libc.musl-x86_64.so.1 is a name of it", dlopen("libc.musl-x86_64.so.1", RTLD_LAZY) != NULL);
  void *library = dlopen("libc.so.6", RTLD_LAZY);
  check("libc.so.6 is a name of it", library != NULL);
  check("there is one of it", dlsym(library, "bsearch") == dlsym(RTLD_DEFAULT, "bsearch"));
  word (*map)(word, word, int, int, int, int64_t) = dlsym(library, "mmap");
  int (*protect)(word, word, int) = dlsym(library, "mprotect");
  int (*unmap)(word, word) = dlsym(library, "munmap");
  word (*search)(word, word, word, word, word) = dlsym(library, "bsearch");
  check("bsearch returns what it has found", search(4096, 4096, 1, 1, (word)accept) == 4096);
  check("the comparison is called once, with the addresses given", calls == 1 && key == 4096 && base == 4096);
  calls = 0;
  check("bsearch returns 0 if the code refuses", search(4096, 4096, 1, 1, (word)refuse) == 0 && calls == 1);
  /* mov byte [rdi], 42; xor eax, eax; ret */
  const unsigned char code[] = {0xc6, 0x07, 0x2a, 0x31, 0xc0, 0xc3};
  unsigned char buffer[64] = {0};
  word pages = map(0, 4096, 1 | 2, 2 | 0x20, -1, 0);
  check("mmap gives pages", pages != (word)-1);
  memcpy((void *)pages, code, sizeof code);
  check("mprotect lets them be executed", protect(pages, 4096, 1 | 4) == 0);
  check("code runs", search((word)buffer, (word)buffer, 1, 1, pages) == (word)buffer && buffer[0] == 42);
  check("munmap takes them back", unmap(pages, 4096) == 0);
  check("mmap returns -1 where there is no memory", map(0, (word)1 << 60, 1 | 2, 2 | 0x20, -1, 0) == (word)-1);
  return 0;
}
