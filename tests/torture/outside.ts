import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FakeS3, type S3Fault } from "../fakes/s3.ts";
import type { Random } from "./random.ts";

/** How one of them is just now. */
type State = "fine" | "silent" | "broken" | "busy" | "cut off";
const STATES: readonly State[] = ["fine", "silent", "broken", "busy", "cut off"];
const S3_FAULTS: Readonly<Record<Exclude<State, "fine">, S3Fault>> = {
  silent: "stall",
  broken: "500",
  busy: "503",
  "cut off": "reset",
};
/** What a busy one requests: years, milliseconds read as seconds, the last day there is, nothing that is a time. */
const RETRY_AFTER = ["31536000", "86400000", "Fri, 31 Dec 9999 23:59:59 GMT", "-5", "soon", "0", null] as const;

/** What the service depends on: a data source, a bucket and a receiver of callbacks, each well or in an outage of its own. */
export interface Outside extends AsyncDisposable {
  /** The settings of a service that reaches all of it at this address of the machine; loopback when left out. */
  env(address?: string): Readonly<Record<string, string>>;
  /** Objects in the bucket, by their keys. */
  readonly objects: ReadonlyMap<string, Buffer>;
  /** Whether the receiver has accepted a callback of the job with this status. */
  notified(jobId: string, status: string): boolean;
  /** Gives each another state; half of the time it is fine. Returns the states, for the record. */
  change(random: Random): Readonly<Record<string, State>>;
  /** All are well from now on. */
  calm(): void;
}

export interface OutsideOptions {
  /** Where all of it listens; only on loopback by default. */
  readonly hostname?: string;
  /** What the source has for a suburb, as JSON; nothing by default. */
  readonly data?: (suburb: string) => unknown;
  /** By how much the clock of a client of the bucket may be off, in seconds. */
  readonly skewS?: number;
}

export async function startOutside({ hostname = "127.0.0.1", data, skewS }: OutsideOptions = {}): Promise<Outside> {
  let states = { source: "fine", bucket: "fine", receiver: "fine" } as Record<"source" | "bucket" | "receiver", State>;
  let retryAfter: string | null = null;
  const taken = new Set<string>();
  const waiting = new Set<ServerResponse>();
  const bucket = await new FakeS3().start(hostname);
  if (skewS !== undefined) bucket.skewMs = 1_000 * skewS;
  bucket.fault = () => (states.bucket === "fine" ? null : S3_FAULTS[states.bucket]);

  function respondAs(state: State, request: IncomingMessage, response: ServerResponse, fine: () => void): void {
    if (state === "fine") fine();
    else if (state === "silent") waiting.add(response);
    else if (state === "cut off") request.socket.destroy();
    else {
      response.writeHead(state === "busy" ? 429 : 500, retryAfter === null ? {} : { "retry-after": retryAfter });
      response.end("<html>something went wrong</html>");
    }
  }

  // Where it has nothing, what the catalogue knows comes from there, and for the rest there is no data.
  const source = await listening(hostname, (request, response) => {
    const suburb = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
    respondAs(states.source, request, response, () => {
      if (data === undefined) response.writeHead(204).end();
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(data(suburb)));
    });
  });
  const receiver = await listening(hostname, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    respondAs(states.receiver, request, response, () => {
      const { job_id, status } = JSON.parse(Buffer.concat(chunks).toString()) as { job_id: string; status: string };
      taken.add(`${job_id} ${status}`);
      response.writeHead(204).end();
    });
  });

  function release(): void {
    for (const response of waiting) response.socket?.destroy();
    waiting.clear();
  }

  const { region, bucket: name, accessKeyId, secretAccessKey } = bucket.options();
  return {
    env: (address = "127.0.0.1") => ({
      AGENTLINK_DELIVERY: "folder,s3",
      AGENTLINK_S3_ENDPOINT: `http://${address}:${bucket.port}`,
      AGENTLINK_S3_REGION: region,
      AGENTLINK_S3_BUCKET: name,
      AGENTLINK_S3_ACCESS_KEY_ID: accessKeyId,
      AGENTLINK_S3_SECRET_ACCESS_KEY: secretAccessKey,
      AGENTLINK_SOURCE_URL: `http://${address}:${source.port}/{state}/{suburb}`,
      AGENTLINK_SOURCE_CACHE: "0s",
      AGENTLINK_CALLBACK_URL: `http://${address}:${receiver.port}/hook`,
      AGENTLINK_ALLOW_HOSTS: address,
    }),
    objects: bucket.objects,
    notified: (jobId, status) => taken.has(`${jobId} ${status}`),

    change(random) {
      const next = () => (random.chance(0.5) ? "fine" : (random.pick(STATES) ?? "fine"));
      states = { source: next(), bucket: next(), receiver: next() };
      retryAfter = random.pick(RETRY_AFTER) ?? null;
      bucket.retryAfter = retryAfter;
      release();
      return states;
    },

    calm() {
      states = { source: "fine", bucket: "fine", receiver: "fine" };
      release();
    },

    async [Symbol.asyncDispose]() {
      release();
      await Promise.all([bucket.stop(), source.stop(), receiver.stop()]);
    },
  };
}

async function listening(hostname: string, handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
