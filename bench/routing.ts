import { join } from "node:path";
import { WAYS } from "./routing-server.ts";
import { median, type Row } from "./table.ts";

const ROUNDS = 7;
const REQUESTS = 4_000;
const CONNECTIONS = 16;
const TICK_US = 10_000;

/** What a checked POST costs the server with each router, in turns: CPU time, since the client shares the machine. */
export async function benchRouting(): Promise<readonly Row[]> {
  const servers = await Promise.all(
    WAYS.map(async (way) => {
      const child = Bun.spawn([process.execPath, join(import.meta.dir, "routing-server.ts"), way], { stdout: "pipe" });
      const { value } = await child.stdout.getReader().read();
      return { way, child, url: new TextDecoder().decode(value).trim(), costs: [] as number[] };
    }),
  );
  for (const { url } of servers) await load(url);
  for (let round = 0; round < ROUNDS; round++)
    for (const { child, url, costs } of servers) {
      const before = await ticks(child.pid);
      await load(url);
      costs.push((((await ticks(child.pid)) - before) * TICK_US) / REQUESTS);
    }
  for (const { child } of servers) child.kill();
  return servers.map(({ way, costs }) => ({ router: way, "CPU µs a request": median(costs).toFixed(1) }));
}

async function load(url: string): Promise<void> {
  const body = JSON.stringify({ suburb: "Manly" });
  let left = REQUESTS;
  const one = async () => {
    while (left-- > 0) await (await fetch(`${url}/jobs`, { method: "POST", body })).arrayBuffer();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
}

/** User and system time of a process (proc(5)). */
async function ticks(pid: number): Promise<number> {
  const fields = (await Bun.file(`/proc/${pid}/stat`).text()).split(") ").at(-1)?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
