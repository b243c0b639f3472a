import { rmSync } from "node:fs";
import { join } from "node:path";
import { within } from "../until.ts";
import { unitMs } from "../work.ts";

export interface Measured {
  /** The longest turn of its event loop, in milliseconds of its processor. */
  readonly worstMs: number;
  readonly rss: number;
}

/** The server of child.ts, from outside. */
export interface Flooded extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  request<T>(command: string): Promise<T>;
  measure(): Promise<Measured>;
  /** The header that a client shows. */
  as(client: string): { readonly Authorization: string };
}

/** With a key for each client that is named; with none, no request needs one. `backend`: "sqlite", or the address of a Redis. */
export async function startFlooded(backend: string, ...clients: readonly string[]): Promise<Flooded> {
  const command = [process.execPath, join(import.meta.dir, "child.ts"), backend, ...clients];
  const child = Bun.spawn(command, { stdin: "pipe", stdout: "pipe" });
  const reader = child.stdout.getReader();
  let read = "";
  const line = async () => {
    while (!read.includes("\n")) {
      const { done, value } = await within(reader.read(), "a line of the flooded server", 120_000);
      if (done) throw new Error("the flooded server has ended");
      read += new TextDecoder().decode(value);
    }
    const end = read.indexOf("\n");
    const text = read.slice(0, end);
    read = read.slice(end + 1);
    return JSON.parse(text);
  };
  const { port, dataDir, secrets } = (await line()) as {
    port: number;
    dataDir: string;
    secrets: Record<string, string>;
  };
  const request = async (command: string) => {
    child.stdin.write(`${command}\n`);
    await child.stdin.flush();
    return line();
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    request,
    measure: () => request("measure"),
    as: (client) => ({ Authorization: `Bearer ${secrets[client]}` }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      rmSync(dataDir, { recursive: true });
    },
  };
}

/**
 * What a turn of the event loop may take: longer, and every request in that time is delayed. As long as parsing 40 MB
 * of JSON, a tenth of a second on a usual machine, so that a slow one is not taken for a service that blocks.
 */
export const LONGEST_TURN_MS = 40 * Math.min(unitMs(), unitMs(), unitMs());

/**
 * The longest turn while the work is done. A processor that is shared with other work counts longer than it has to, so
 * this is the least of several rounds; what blocks does so in each of them.
 */
export async function longestTurn(flooded: Flooded, work: () => Promise<void>, rounds = 4): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds && least > 0.8 * LONGEST_TURN_MS; round += 1) {
    await flooded.measure();
    await work();
    least = Math.min(least, (await flooded.measure()).worstMs);
  }
  return least;
}
