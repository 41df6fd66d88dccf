/**
 * Two hosts on one machine: network namespaces, joined by a pair of virtual devices. What a launcher would do by ssh, an
 * agent does.
 *
 * @module
 */
import { type Ended, type InstalledLauncher, run } from "./jobs.ts";

const name = (letter: string): string => `nanograd${letter}${Deno.pid % 10_000}`;
const A = name("A"), B = name("B"), VA = name("a"), VB = name("b");

/** The network of the two hosts, which no other namespace sees. */
const NETWORK = "10.77.0.0/24", HOSTS = { "10.77.0.1": A, "10.77.0.2": B } as const;

const ip = (...args: string[]): boolean => {
  try {
    return new Deno.Command("ip", { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
};

const remove = (): void => [A, B].forEach((one) => ip("netns", "del", one));

function build(): boolean {
  const built = [
    ["netns", "add", A],
    ["netns", "add", B],
    ["link", "add", VA, "type", "veth", "peer", "name", VB],
    ["link", "set", VA, "netns", A],
    ["link", "set", VB, "netns", B],
    ["-n", A, "addr", "add", "10.77.0.1/24", "dev", VA],
    ["-n", B, "addr", "add", "10.77.0.2/24", "dev", VB],
    ...[[A, VA], [B, VB]].flatMap(([one, device]) => ["lo", device!].map((d) => ["-n", one!, "link", "set", d, "up"])),
  ].every((args) => ip(...args));
  if (!built) remove();
  return built;
}

/** The script that takes ssh's place: it drops options, and runs the command in the namespace of the host. */
const AGENT = `#!/bin/bash
while [[ "$1" == -* ]]; do [[ "$1" == -l ]] && shift; shift; done
host=$1; shift
case $host in ${Object.entries(HOSTS).map(([address, one]) => `${address}) name=${one};;`).join(" ")} *) exit 1;; esac
exec ip netns exec $name unshare --uts bash -c "hostname $name; export HOME=$HOME PATH=$PATH NO_COLOR=1; $*"
`;

/** What each launcher must be told. */
const OPTIONS = {
  "Open MPI": (agent: string) => [
    ...["--host", Object.keys(HOSTS).join(","), "--mca", "plm_rsh_agent", agent, "--mca", "btl", "tcp,self"],
    ...["--mca", "pml", "ob1", "--mca", "btl_tcp_if_include", NETWORK, "--mca", "oob_tcp_if_include", NETWORK],
  ],
  MPICH: (agent: string) => [
    ...["-launcher", "rsh", "-launcher-exec", agent, "-hosts", Object.keys(HOSTS).join(",")],
    ...["-genv", "UCX_TLS", "tcp,self"], // UCX would see that both hosts share a memory
  ],
} as const;

const isGranted = (["run", "write"] as const).every((permission) =>
  Deno.permissions.querySync({ name: permission }).state === "granted"
);

/** Jobs on two hosts. */
export const inNamespaces = {
  /** Whether namespaces can be made here, which takes root's rights. */
  get areAllowed(): boolean {
    if (!isGranted || Deno.build.os !== "linux" || !build()) return false;
    const isAllowed = ip("netns", "exec", A, "unshare", "--uts", "bash", "-c", `hostname ${A}`);
    remove();
    return isAllowed;
  },
  /** Runs a program on two hosts, one rank each, and counts the bytes that the first one has received. */
  start: async (
    name: keyof typeof OPTIONS,
    { command }: InstalledLauncher,
    program: readonly string[],
  ): Promise<Ended & { readonly bytes: number }> => {
    const agent = await Deno.makeTempFile({ suffix: ".sh" });
    try {
      await Deno.writeTextFile(agent, AGENT);
      await Deno.chmod(agent, 0o755);
      build();
      const quoted = [...command, ...OPTIONS[name](agent), "-n", "2", ...program].map((part) =>
        `'${part.replaceAll("'", "'\\''")}'`
      ).join(" ");
      const ended = await run(["ip", "netns", "exec", A, "unshare", "--uts", "bash", "-c", `hostname ${A}; ${quoted}`]);
      const { out } = await run(["ip", "netns", "exec", A, "cat", `/proc/net/dev`]);
      const line = out.split("\n").find((one) => one.includes(`${VA}:`)) ?? "";
      return { ...ended, bytes: Number(line.split(":")[1]?.trim().split(/\s+/)[0] ?? 0) };
    } finally {
      remove();
      await Deno.remove(agent);
    }
  },
};
