import { until } from "../until.ts";

export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: Record<string, unknown>;
}

/** A stream of server-sent events, read as a browser reads it. */
export interface EventStream {
  readonly response: Response;
  /** All events so far, in order. */
  readonly received: readonly ReceivedEvent[];
  /** What a browser would come back with. */
  readonly lastId: string;
  /** Milliseconds until a browser would come back. */
  readonly retryMs: number | null;
  readonly comments: number;
  /** Whether the other side has ended it. */
  readonly ended: boolean;
  /** Waits for the first event that passes, as `until` does. */
  first(isIt: (event: ReceivedEvent) => boolean, limitMs?: number): Promise<ReceivedEvent>;
  /** The stages of a job, as they were reported. */
  stagesOf(id: string): readonly unknown[];
  leave(): void;
}

export async function listen(
  url: string,
  headers: Record<string, string> = {},
  options: { readonly unix?: string } = {},
): Promise<EventStream> {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal, ...options });
  const received: ReceivedEvent[] = [];
  let lastId = "";
  let retryMs: number | null = null;
  let comments = 0;
  let ended = false;

  function take(block: string): void {
    const fields: Record<string, string> = {};
    for (const line of block.split("\n")) {
      if (line.startsWith(":")) comments += 1;
      const [, name = "", value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
      if (name !== "") fields[name] = value;
    }
    if (fields.id !== undefined) lastId = fields.id;
    if (fields.retry !== undefined) retryMs = Number(fields.retry);
    if (fields.data === undefined) return;
    received.push({ event: fields.event ?? "message", id: fields.id ?? null, data: JSON.parse(fields.data) });
  }

  async function read(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const chunk of response.body ?? []) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
        rest = blocks.pop() ?? "";
        blocks.forEach(take);
      }
    } catch {
      // Cut off by either side.
    }
    ended = true;
  }
  void read();

  return {
    response,
    received,
    get lastId() {
      return lastId;
    },
    get retryMs() {
      return retryMs;
    },
    get comments() {
      return comments;
    },
    get ended() {
      return ended;
    },
    async first(isIt, limitMs) {
      await until(() => received.some(isIt), limitMs);
      return received.find(isIt) as ReceivedEvent;
    },
    stagesOf: (id) =>
      received.flatMap(({ event, data }) => (event === "job" && data.job_id === id ? [data.stage] : [])),
    leave: () => leaving.abort(),
  };
}
