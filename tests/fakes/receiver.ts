/** What a receiver of callbacks was sent. */
export interface Received {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string;
  readonly path: string;
  readonly at: number;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly received: readonly Received[];
  /** How many requests it had open at once, at most, by path. */
  readonly most: ReadonlyMap<string, number>;
}

/** A receiver that waits for callbacks; `answer` decides the response to each, by how many came before it. */
export function startReceiver(response: (nth: number, received: Received) => Response | Promise<Response>): Receiver {
  const received: Received[] = [];
  const inFlight = new Map<string, number>();
  const most = new Map<string, number>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const of = (name: string) => request.headers.get(`webhook-${name}`) ?? "";
      const headers = { id: of("id"), timestamp: of("timestamp"), signature: of("signature") };
      const one = {
        ...headers,
        body: await request.text(),
        path: new URL(request.url).pathname,
        at: performance.now(),
      };
      const { path } = one;
      inFlight.set(path, (inFlight.get(path) ?? 0) + 1);
      most.set(path, Math.max(most.get(path) ?? 0, inFlight.get(path) ?? 0));
      try {
        return await response(received.push(one) - 1, one);
      } finally {
        inFlight.set(path, (inFlight.get(path) ?? 1) - 1);
      }
    },
  });
  const host = `127.0.0.1:${server.port}`;
  return {
    url: `http://${host}/hook`,
    host,
    received,
    most,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

export const ok = () => new Response("thank you");
