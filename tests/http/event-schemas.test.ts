import { expect, test } from "bun:test";
import Ajv2020 from "ajv/dist/2020.js";
import type { Running } from "../../src/pipeline/attempt.ts";
import { openApi } from "./api.ts";
import { type EventStream, listen, type ReceivedEvent } from "./event-stream.ts";

interface EventSchema {
  readonly properties: { readonly event: { readonly const: string }; readonly data: { readonly contentSchema: Ref } };
}
interface Ref {
  readonly $ref: string;
}
interface Published {
  readonly paths: Readonly<
    Record<
      string,
      {
        readonly get: {
          readonly responses: {
            readonly 200: {
              readonly content: {
                readonly "text/event-stream": { readonly "x-itemSchema": { oneOf: readonly Ref[] } };
              };
            };
          };
        };
      }
    >
  >;
  readonly components: {
    readonly schemas: Readonly<
      Record<string, EventSchema & { readonly properties: Readonly<Record<string, unknown>> }>
    >;
  };
}

test("each event that a stream sends is one that the OpenAPI document promises of it, with data of its schema", async () => {
  const running = new Map<string, Running>();
  await using api = await openApi({ running: () => running });
  const key = (name: string, scope: "read" | "admin") => ({
    Authorization: `Bearer ${api.keys.create({ name, scope, rate: null }).secret}`,
  });
  const admin = key("anna", "admin");
  const document = (await (await api.request("/openapi.json", { headers: admin })).json()) as Published;
  const promised = eventsOf(document);

  const post = await api.post("/api/generate-agents-report", { suburb: "Manly", state: "NSW" }, admin);
  const { job_id: id } = (await post.json()) as { job_id: string };
  await api.claim();
  running.set(id, { stage: "rendering", progress: 0.42, section: null, waitingFor: null });
  const all = await listen(`${api.url}/api/events?after=0`, admin);
  const one = await listen(`${api.url}/api/jobs/${id}/events`, admin);
  const reader = await listen(`${api.url}/api/events`, key("reader", "read"));

  await received(all, ["job", "progress", "overview"]);
  await received(one, ["job", "progress"]);
  running.set(id, { stage: "rendering", progress: 0.5, section: "market", document: "agents", waitingFor: "memory" });
  await one.first(({ event, data }) => event === "progress" && data.section === "market");
  await received(reader, ["queue"]);
  await api.request("/api/queue/pause", { method: "POST", headers: admin });
  await reader.first(({ event, data }) => event === "queue" && data.paused !== null);

  for (const [path, stream] of [
    ["/api/events", all],
    ["/api/events", reader],
    ["/api/jobs/{id}/events", one],
  ] as const) {
    for (const event of stream.received) expect(promised(path, event)).toBeNull();
    stream.leave();
  }
  // The check itself: what no schema has is noticed.
  expect(promised("/api/jobs/{id}/events", { event: "queue", id: null, data: { paused: null } })).not.toBeNull();
  expect(promised("/api/events", { event: "queue", id: null, data: { paused: null, by: "anna" } })).not.toBeNull();
  expect(promised("/api/events", { event: "job", id: null, data: one.received[0]?.data ?? {} })).not.toBeNull();
});

async function received(stream: EventStream, events: readonly string[]): Promise<void> {
  for (const name of events) await stream.first(({ event }) => event === name);
}

/** The part of an event that the document does not promise; null if it promises all of it. */
function eventsOf(document: Published) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, "document");
  return (path: string, { event, id, data }: ReceivedEvent): string | null => {
    const refs = document.paths[path]?.get.responses[200].content["text/event-stream"]["x-itemSchema"].oneOf ?? [];
    const ref = refs.find((each) => schemaOf(each).properties.event.const === event);
    if (ref === undefined) return `${path} promises no event "${event}"`;
    const item = { event, ...(id === null ? {} : { id }), data: JSON.stringify(data) };
    const dataRef = schemaOf(ref).properties.data.contentSchema;
    const surplus = Object.keys(data).filter((name) => !(name in schemaOf(dataRef).properties));
    if (surplus.length > 0) return `${dataRef.$ref} has no ${surplus}`;
    return validate(ref, item) ?? validate(dataRef, data);
  };

  function schemaOf({ $ref }: Ref) {
    const schema = document.components.schemas[$ref.split("/").at(-1) ?? ""];
    if (schema === undefined) throw new Error(`the document has no ${$ref}`);
    return schema;
  }

  function validate({ $ref }: Ref, value: unknown): string | null {
    const check = ajv.getSchema(`document${$ref}`);
    if (check === undefined) return `there is no schema at ${$ref}`;
    return check(value) ? null : `${$ref}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(value)}`;
  }
}
