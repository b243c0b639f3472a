import { type CuttableLine, startProxy } from "../fakes/proxy.ts";

/** How the hosts of a test reach Redis, and how each is cut off from it; in a namespace of its own, from all else, too. */
export interface Network {
  readonly kind: "namespaces" | "proxies";
  /** What a host's process is started with. */
  readonly command: (host: number) => readonly string[];
  /** The address that a host listens on, which the test can reach. */
  readonly address: (host: number) => string;
  /** The address of this machine as a host reaches it, until it is cut off. */
  readonly machine: (host: number) => string;
  readonly redisUrl: (host: number) => string;
  cut(host: number): Promise<void>;
  heal(host: number): Promise<void>;
  remove(): Promise<void>;
}

/** Addresses of this machine that Redis must listen on beside loopback. */
export interface NetworkPlan {
  readonly bind: readonly string[];
  /** Once Redis is up on this port. */
  join(redisPort: number): Promise<Network>;
}

/** A network namespace for each host where the machine lets this user make them, else a proxy for each. */
export async function planNetwork(hosts: number): Promise<NetworkPlan> {
  return (await planNamespaces(hosts)) ?? planProxies(hosts);
}

async function planNamespaces(hosts: number): Promise<NetworkPlan | null> {
  if (process.getuid?.() !== 0 || Bun.which("ip") === null) return null;
  const tag = Math.random().toString(36).slice(2, 6);
  const [second, third] = [128 + Math.floor(Math.random() * 120), Math.floor(Math.random() * 240)];
  const numbers = Array.from({ length: hosts }, (_, host) => host);
  const name = (host: number) => `agl-${tag}-${host}`;
  const link = (host: number) => `agl${tag}${host}`;
  const outside = (host: number) => `10.${second}.${third + host}.1`;
  const inside = (host: number) => `10.${second}.${third + host}.2`;
  const remove = async () => {
    for (const host of numbers) {
      await ip("link", "del", link(host));
      await ip("netns", "del", name(host));
    }
  };
  for (const host of numbers) {
    const steps = [
      ["netns", "add", name(host)],
      ["link", "add", link(host), "type", "veth", "peer", "name", "eth0", "netns", name(host)],
      ["addr", "add", `${outside(host)}/30`, "dev", link(host)],
      ["link", "set", link(host), "up"],
      ["-n", name(host), "addr", "add", `${inside(host)}/30`, "dev", "eth0"],
      ["-n", name(host), "link", "set", "eth0", "up"],
      ["-n", name(host), "link", "set", "lo", "up"],
    ];
    for (const step of steps) {
      if (await ip(...step)) continue;
      await remove();
      return null;
    }
  }
  return {
    bind: numbers.map(outside),
    join: async (redisPort) => ({
      kind: "namespaces",
      command: (host) => ["ip", "netns", "exec", name(host)],
      address: inside,
      machine: outside,
      redisUrl: (host) => `redis://${outside(host)}:${redisPort}`,
      cut: async (host) => void (await ip("link", "set", link(host), "down")),
      heal: async (host) => void (await ip("link", "set", link(host), "up")),
      remove,
    }),
  };
}

async function ip(...args: readonly string[]): Promise<boolean> {
  const run = Bun.spawn(["ip", ...args], { stdout: "ignore", stderr: "ignore" });
  return (await run.exited) === 0;
}

function planProxies(hosts: number): NetworkPlan {
  return {
    bind: [],
    async join(redisPort) {
      const lines: readonly CuttableLine[] = Array.from({ length: hosts }, () => startProxy(redisPort));
      return {
        kind: "proxies",
        command: () => [],
        address: () => "127.0.0.1",
        machine: () => "127.0.0.1",
        redisUrl: (host) => `redis://127.0.0.1:${lines[host]?.port}`,
        cut: async (host) => lines[host]?.silence(),
        heal: async (host) => lines[host]?.heal(),
        async remove() {
          for (const line of lines) line.stop();
        },
      };
    },
  };
}
