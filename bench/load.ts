import autocannon from "autocannon";

export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface LoadOptions {
  readonly url: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second over all connections; as many as go when absent. */
  readonly rate?: number;
}

/** Posts the body over and over; percentiles from every single response, in milliseconds. */
export async function load({ url, body, connections, seconds, rate }: LoadOptions): Promise<Load> {
  const times: number[] = [];
  let wrong = 0;
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const run = autocannon(
      {
        url,
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        connections,
        duration: seconds,
        ...(rate ? { overallRate: rate } : {}),
      },
      (error) => (error ? reject(error) : resolve()),
    );
    run.on("response", (_client, status, _bytes, ms) => {
      if (status === 200) times.push(ms);
      else wrong++;
    });
  });
  if (wrong > 0) throw new Error(`${wrong} of ${wrong + times.length} requests did not return 200`);
  const elapsed = (performance.now() - started) / 1_000;
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / elapsed, p50Ms: at(0.5), p99Ms: at(0.99) };
}
