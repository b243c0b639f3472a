import { join } from "node:path";
import { type Load, load } from "./load.ts";
import { median, type Row } from "./table.ts";

const BODY = JSON.stringify({ suburb: "Manly", state: "NSW" });
const ROUNDS = 3;
const SECONDS = 3;

/** Durable requests a second beside the same handler that stores nothing, in turns, so that noise meets both alike. */
export async function benchPost(): Promise<readonly Row[]> {
  const servers = { durable: await start("durable"), nothing: await start("nothing") };
  try {
    const rows: Row[] = [];
    for (const connections of [1, 8, 64]) {
      const runs: Record<keyof typeof servers, Load[]> = { durable: [], nothing: [] };
      for (let round = 0; round < ROUNDS; round++)
        for (const name of ["durable", "nothing"] as const)
          runs[name].push(await load({ url: servers[name].url, body: BODY, connections, seconds: SECONDS }));
      const middle = (name: keyof typeof servers, of: keyof Load) => median(runs[name].map((run) => run[of]));
      rows.push({
        connections,
        "durable, requests/s": Math.round(middle("durable", "perSecond")),
        "p50 ms": middle("durable", "p50Ms").toFixed(2),
        "p99 ms": middle("durable", "p99Ms").toFixed(2),
        "stores nothing, requests/s": Math.round(middle("nothing", "perSecond")),
        "its p50 ms": middle("nothing", "p50Ms").toFixed(2),
        "its p99 ms": middle("nothing", "p99Ms").toFixed(2),
        ratio: `${Math.round((100 * middle("durable", "perSecond")) / middle("nothing", "perSecond"))} %`,
      });
    }
    return rows;
  } finally {
    for (const { stop } of Object.values(servers)) stop();
  }
}

async function start(store: string) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "post-server.ts"), store], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  const url = `${new TextDecoder().decode(value).trim()}/api/generate-agents-report`;
  return { url, stop: () => child.kill() };
}
