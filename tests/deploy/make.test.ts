import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type RunningBinary, run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { importManly } from "../e2e/jobs.ts";
import { startReceiver } from "../fakes/receiver.ts";
import type { Document } from "../http/conformance.ts";
import { until } from "../until.ts";
import { fill } from "./iml.ts";

const DEPLOY = resolve(import.meta.dir, "../../deploy");
const PLACEHOLDER = "https://reports.example.com";

interface Module {
  readonly id: number;
  readonly module: string;
  readonly version: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Null in a router, which has routes instead. */
  readonly mapper: Readonly<Record<string, unknown>> | null;
  readonly routes?: readonly { readonly flow: readonly Module[] }[];
  readonly metadata: { readonly designer: { readonly x: number; readonly y: number } };
  readonly filter?: { readonly name: string; readonly conditions: readonly (readonly Condition[])[] };
  readonly onerror?: readonly Module[];
}
interface Condition {
  readonly a: string;
  readonly b?: string;
  readonly o: string;
}
interface Blueprint {
  readonly name: string;
  readonly flow: readonly Module[];
  readonly metadata: { readonly version: number; readonly scenario: Readonly<Record<string, unknown>> };
}
type Json = Readonly<Record<string, unknown>>;

const read = <T>(path: string) => JSON.parse(readFileSync(join(DEPLOY, path), "utf8")) as T;
const blueprint = (name: string) => read<Blueprint>(`make/blueprints/${name}.json`);
const NAMES = ["post-and-wait", "post-with-callback", "receive-callback"];

let service: RunningBinary;
let document: Document;
let key: string;
let adminKey: string;
let busyKey: string;
let dataDir: string;
beforeAll(async () => {
  dataDir = temporaryFolder();
  await importManly(dataDir);
  const create = async (name: string, scope: string, ...more: string[]) =>
    (await run(["keys", "create", "--name", name, "--scope", scope, ...more, "--data-dir", dataDir])).stdout.trim();
  key = await create("make", "submit");
  adminKey = await create("ops", "admin");
  busyKey = await create("busy", "submit", "--rate", "1/h");
  service = await startBinary({
    dataDir,
    env: { AGENTLINK_ALLOW_HOSTS: "127.0.0.1", AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1" },
  });
  const answer = await fetch(`${service.url}/openapi.json`, { headers: { authorization: `Bearer ${key}` } });
  document = (await answer.json()) as Document;
}, 60_000);

afterAll(async () => void (await service.end("SIGTERM")));

/** Whether the document has this method at this path, whatever stands in the place of an id. */
function isOperation(method: string, path: string): boolean {
  const plain = path.replace(/\{\{[^}]*\}\}/g, "ID").split("?")[0] ?? "";
  return Object.entries(document.paths).some(
    ([template, operations]) =>
      new RegExp(`^${template.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`).test(plain) &&
      method.toLowerCase() in operations,
  );
}

function fieldsOf(schema: string): readonly string[] {
  const { properties, allOf = [] } = document.components.schemas[schema] as {
    properties?: Json;
    allOf?: { properties?: Json }[];
  };
  return Object.keys(Object.assign({}, properties, ...allOf.map((each) => each.properties)));
}

/** Each module with those that run before it, whose outputs alone it can refer to. */
function modulesOf(
  flow: readonly Module[],
  before: readonly number[] = [],
): (Module & { before: readonly number[] })[] {
  return flow.flatMap((module, at) => {
    const earlier = [...before, ...flow.slice(0, at).map(({ id }) => id)];
    const inside = [...(module.routes ?? []).map((route) => route.flow), module.onerror ?? []];
    return [{ ...module, before: earlier }, ...inside.flatMap((each) => modulesOf(each, [...earlier, module.id]))];
  });
}

test.each(NAMES)("the blueprint %s has the shape Make imports, and each call of it is one of the API's", (name) => {
  const { flow, metadata } = blueprint(name);
  const modules = modulesOf(flow);
  expect(new Set(modules.map(({ id }) => id)).size).toBe(modules.length);
  expect(metadata).toMatchObject({ version: 1, scenario: { roundtrips: expect.any(Number), dlq: true } });
  for (const module of modules) {
    // Bun's toMatchObject writes the matchers into what it looks at.
    expect(structuredClone(module)).toMatchObject({
      id: expect.any(Number),
      module: expect.stringMatching(/^[a-z]+:[A-Z]\w+$/),
      version: expect.any(Number),
      metadata: { designer: { x: expect.any(Number), y: expect.any(Number), name: expect.any(String) } },
    });
    expect([module.id, module.mapper === null]).toEqual([module.id, module.routes !== undefined]);
    for (const [, id] of JSON.stringify([module.mapper, module.filter]).matchAll(/\{\{(?:\w+\()*(\d+)\./g))
      expect([module.id, module.before]).toEqual([module.id, expect.arrayContaining([Number(id)])]);
  }
  for (const { mapper, onerror, parameters } of modules.filter(({ module }) => module === "http:ActionSendData")) {
    expect(isOperation(String(mapper?.method), String(mapper?.url).slice(PLACEHOLDER.length))).toBe(true);
    // Nothing ends a scenario without a word: what breaks waits and asks again, or breaks and is tried again.
    const last = onerror?.at(-1)?.module;
    expect(last).toBe(parameters.handleErrors === true ? "builtin:Break" : "builtin:Ignore");
    expect(Number(mapper?.timeout)).toBeLessThanOrEqual(300);
    const wait = /wait=(\d+)/.exec(JSON.stringify(mapper))?.[1] ?? "0";
    expect(Number(mapper?.timeout)).toBeGreaterThan(Number(wait) + 20);
    if (typeof mapper?.data !== "string") continue;
    for (const field of Object.keys(JSON.parse(mapper.data))) expect(fieldsOf("ReportRequest")).toContain(field);
    // Made anew for each run before the call, so that all repeats and tries of a run have it.
    expect(JSON.stringify(mapper.headers)).toContain('"Idempotency-Key","value":"{{2.key}}"');
  }
});

interface Played {
  /** What a module put out last, by its id. */
  readonly outputs: ReadonlyMap<number, unknown>;
  /** How often each module ran. */
  readonly runs: ReadonlyMap<number, number>;
}

/**
 * Runs the modules after the first as Make does, with the first one's output. `texts` are replaced in what is sent;
 * `onSleep` is what happens while the scenario sleeps, `lose` how many answers to posts are lost on their way.
 */
async function play(
  name: string,
  first: Json,
  texts: readonly (readonly [string, string])[],
  { onSleep = async () => {}, lose = 0 }: { onSleep?: () => Promise<void>; lose?: number } = {},
): Promise<Played> {
  const [trigger, ...flow] = blueprint(name).flow;
  const scope: Record<string, unknown> = { [String(trigger?.id)]: first };
  const variables = new Map<string, unknown>();
  const outputs = new Map<number, unknown>();
  const runs = new Map<number, number>();
  let lost = lose;
  await runFlow(flow);
  return { outputs, runs };

  function value(text: unknown): unknown {
    const all = [[PLACEHOLDER, service.url] as const, ["al_YOUR_KEY", key] as const, ...texts];
    return fill(
      all.reduce((at, [what, by]) => at.replaceAll(what, by), String(text)),
      scope,
    );
  }

  async function runFlow([next, ...rest]: readonly Module[]): Promise<void> {
    if (next === undefined) return;
    const { id, module, filter } = next;
    if (filter !== undefined && !filter.conditions.some((all) => all.every(holds))) return;
    runs.set(id, (runs.get(id) ?? 0) + 1);
    if (module === "builtin:BasicRouter") {
      for (const route of next.routes ?? []) await runFlow(route.flow);
      return;
    }
    if (module === "builtin:BasicRepeater") {
      for (let i = Number(next.mapper?.start), left = Number(next.mapper?.repeats); left > 0; i++, left--) {
        scope[String(id)] = { i };
        await runFlow(rest);
      }
      return;
    }
    try {
      scope[String(id)] = await outputOf(next);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      for (const handler of next.onerror ?? []) if (handler.module === "util:FunctionSleep") await onSleep();
      expect(next.onerror?.at(-1)?.module).toBe("builtin:Ignore");
      return;
    }
    outputs.set(id, scope[String(id)]);
    await runFlow(rest);
  }

  function holds({ a, b, o }: Condition): boolean {
    const [left, right] = [value(a), value(b)];
    switch (o) {
      case "text:equal":
        return String(left ?? "") === right;
      case "text:notequal":
        return String(left ?? "") !== right;
      case "text:contain":
        return String(left).includes(String(right));
      case "number:equal":
        return Number(left) === Number(right);
      case "number:notequal":
        return Number(left) !== Number(right);
      case "number:greaterorequal":
        return Number(left) >= Number(right);
      case "number:less":
        return Number(left) < Number(right);
      case "date:greater":
        return (left as Date) > (right as Date);
      default:
        throw new Error(`${o} is no operator that is used here`);
    }
  }

  async function outputOf({ module, mapper, parameters }: Module): Promise<unknown> {
    switch (module) {
      case "json:ParseJSON":
        return JSON.parse(String(value(mapper?.json)));
      case "util:SetVariables": {
        const named = mapper?.variables as readonly { name: string; value: string }[];
        return Object.fromEntries(named.map((each) => [each.name, value(each.value)]));
      }
      case "util:SetVariable2":
        variables.set(String(mapper?.name), value(mapper?.value));
        return {};
      case "util:GetVariable2":
        return { [String(mapper?.name)]: variables.get(String(mapper?.name)) };
      case "util:ComposeTransformer":
        return { value: value(mapper?.value) };
      case "util:FunctionSleep":
        return onSleep();
      default:
        expect(module).toBe("http:ActionSendData");
        return sent(mapper ?? {}, parameters.handleErrors === true);
    }
  }

  async function sent(mapper: Json, statesAreErrors: boolean): Promise<unknown> {
    const headers = (mapper.headers as readonly { name: string; value: string }[]).map(
      (each) => [each.name, String(value(each.value))] as [string, string],
    );
    const body = mapper.data === undefined ? {} : { body: String(value(mapper.data)) };
    if (mapper.contentType !== undefined) headers.push(["Content-Type", String(mapper.contentType)]);
    const method = String(mapper.method).toUpperCase();
    const answer = await fetch(String(value(mapper.url)), { method, headers, ...body });
    if (method === "POST" && lost-- > 0) throw new Lost();
    if (statesAreErrors) expect(answer.status).toBe(200);
    const data = mapper.parseResponse === true ? await answer.json() : await answer.bytes();
    return { statusCode: answer.status, data };
  }
}

/** The connection broke before the answer was there. */
class Lost extends Error {}

const ASKED = { suburb: "Manly", state: "NSW", request: "deal-7" };
const isPdf = (output: unknown) =>
  new TextDecoder().decode((output as { data: Uint8Array }).data.slice(0, 5)) === "%PDF-";
const jobOf = ({ outputs }: Played, id = 5) => (outputs.get(id) as { data: { job_id: string } }).data.job_id;
const saidBy = ({ outputs }: Played, id: number) => (outputs.get(id) as { value: string } | undefined)?.value;

test("post and wait: one run of the scenario ends with the PDF; the same again is another report", async () => {
  const played = await play("post-and-wait", ASKED, []);
  expect(isPdf(played.outputs.get(8))).toBe(true);
  // Once the PDF is there the repeats that are left do nothing.
  expect([played.runs.get(5), played.runs.get(8), played.runs.get(4)]).toEqual([1, 1, 9]);
  const again = await play("post-and-wait", ASKED, []);
  expect(jobOf(again)).not.toBe(jobOf(played));
}, 120_000);

test("post and wait: a report that takes longer than the wait is waited for in the next repeat, as one job", async () => {
  await operate("pause");
  const resumed = Bun.sleep(3_500).then(() => operate("resume"));
  const played = await play("post-and-wait", { ...ASKED, request: "deal-10" }, [["wait=240", "wait=1"]]);
  await resumed;
  expect(isPdf(played.outputs.get(8))).toBe(true);
  expect(played.runs.get(5)).toBeGreaterThan(1);
  expect(await jobsOf("deal-10")).toHaveLength(1);
}, 120_000);

test("post and wait: an answer that is lost is asked for again a minute later, as the same job", async () => {
  let slept = 0;
  const onSleep = async () => {
    slept += 1;
  };
  const played = await play("post-and-wait", { ...ASKED, request: "deal-11" }, [], { lose: 2, onSleep });
  expect(isPdf(played.outputs.get(8))).toBe(true);
  expect([played.runs.get(5), slept]).toEqual([3, 2]);
  expect(await jobsOf("deal-11")).toHaveLength(1);
}, 120_000);

test("post and wait: a report that fails, and one that is refused, end with why, asked for once", async () => {
  const failed = await play("post-and-wait", { suburb: "Mosman", state: "NSW" }, []);
  expect(saidBy(failed, 10)).toStartWith("The report on Mosman NSW has failed: no data for Mosman NSW 2088");
  const refused = await play("post-and-wait", { suburb: "Manley", state: "NSW" }, []);
  expect(saidBy(refused, 12)).toStartWith("AgentLink refused the report on Manley NSW: ");
  expect(saidBy(refused, 12)).toContain("Manly");
  for (const played of [failed, refused]) {
    expect(played.runs.get(5)).toBe(1);
    expect([8, 13, 14].map((id) => played.runs.get(id))).toEqual([undefined, undefined, undefined]);
  }
}, 120_000);

test("post and wait: what is busy is asked again after a minute, and what never ends is said", async () => {
  await fetch(`${service.url}/api/suburbs?q=manly`, { headers: { authorization: `Bearer ${busyKey}` } });
  let slept = 0;
  const onSleep = async () => {
    slept += 1;
  };
  const busy = await play("post-and-wait", ASKED, [[key, busyKey]], { onSleep });
  expect(busy.outputs.get(5)).toMatchObject({ statusCode: 429 });
  expect([busy.runs.get(5), slept]).toEqual([9, 9]);

  await operate("pause");
  const held = await play("post-and-wait", { ...ASKED, request: "deal-12" }, [["wait=240", "wait=0"]]);
  await operate("resume");
  expect(saidBy(held, 14)).toBe(`The report on Manly NSW has not ended yet (job ${jobOf(held)})`);
  expect([held.runs.get(5), held.runs.get(14)]).toEqual([9, 1]);
}, 120_000);

/** The jobs of a request, by its metadata. */
async function jobsOf(request: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${service.url}/api/jobs?limit=200`, { headers: { authorization: `Bearer ${key}` } });
  const { jobs } = (await answer.json()) as { jobs: readonly { metadata: { request?: string } | null }[] };
  return jobs.filter(({ metadata }) => metadata?.request === request);
}

async function operate(action: "pause" | "resume"): Promise<void> {
  const answer = await fetch(`${service.url}/api/queue/${action}`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}` },
  });
  expect(answer.status).toBe(200);
}

test("post with a callback: the callback's signature is checked, and only what is AgentLink's and new goes on", async () => {
  await using receiver = startReceiver(() => new Response(null, { status: 200 }));
  const posted = await play("post-with-callback", { ...ASKED, request: "deal-8" }, [
    ["https://hook.eu1.make.com/YOUR_CALLBACK_HOOK", receiver.url],
  ]);
  expect([posted.runs.get(5), posted.runs.get(7)]).toEqual([1, 1]);
  await until(() => receiver.received.length !== 0);
  const [call] = receiver.received;
  const secret = readFileSync(join(dataDir, "callback.secret"), "utf8").trim().replace("whsec_", "");
  const hook = (body: string, timestamp: string) => ({
    value: body,
    __IMTHEADERS__: [
      { name: "webhook-id", value: call?.id },
      { name: "webhook-timestamp", value: timestamp },
      { name: "webhook-signature", value: call?.signature },
    ],
  });
  const receive = (body = "", timestamp = "", by = secret) =>
    play("receive-callback", hook(body, timestamp), [["YOUR_SECRET_AFTER_WHSEC_", by]]);
  const taken = await receive(call?.body, call?.timestamp ?? "");
  expect(taken.outputs.get(3)).toMatchObject({ status: "completed", metadata: { request: "deal-8" } });
  expect(isPdf(taken.outputs.get(4))).toBe(true);
  await play("post-with-callback", { suburb: "Mosman", state: "NSW", request: "deal-9" }, [
    ["https://hook.eu1.make.com/YOUR_CALLBACK_HOOK", receiver.url],
  ]);
  const failed = await until(() => receiver.received.find(({ body }) => body.includes("deal-9")));
  const told = await play(
    "receive-callback",
    {
      value: failed.body,
      __IMTHEADERS__: [
        { name: "webhook-id", value: failed.id },
        { name: "webhook-timestamp", value: failed.timestamp },
        { name: "webhook-signature", value: failed.signature },
      ],
    },
    [["YOUR_SECRET_AFTER_WHSEC_", secret]],
  );
  expect(saidBy(told, 7)).toStartWith("The report on Mosman NSW has failed: no data for Mosman NSW 2088");
  expect(told.runs.get(4)).toBeUndefined();
  const refused = [
    await receive(call?.body.replace("deal-8", "deal-9"), call?.timestamp ?? ""),
    await receive(call?.body, String(Number(call?.timestamp) - 600)),
    await receive(call?.body, call?.timestamp ?? "", btoa("another secret of another service")),
  ];
  for (const { outputs } of refused) expect([...outputs.keys()]).toEqual([2]);
}, 120_000);

/** https://developers.make.com/custom-apps-documentation: what a communication and a parameter may consist of. */
const COMMUNICATION =
  "url encodeUrl method qs headers body type ca condition temp gzip aws followRedirects followAllRedirects log oauth pagination output iterate respond verification repeat response".split(
    " ",
  );
const ERRORS =
  "RuntimeError DataError RateLimitError OutOfSpaceError ConnectionError InvalidConfigurationError InvalidAccessTokenError IncompleteDataError DuplicateDataError".split(
    " ",
  );
const TYPES =
  "any array boolean buffer collection date email filename integer number password select text uinteger url".split(" ");

test("the files of the custom app have the published shape, and name only calls and fields that the API has", () => {
  const files = readdirSync(join(DEPLOY, "make/app"), { recursive: true, encoding: "utf8" });
  const of = (kind: string) => files.filter((file) => file.endsWith(`${kind}.imljson`));
  expect(of("communication").length).toBeGreaterThanOrEqual(8);
  for (const file of [...of("communication"), "base.imljson"]) {
    const communication = read<Json>(`make/app/${file}`);
    const known = file === "base.imljson" ? ["baseUrl", "timeout", ...COMMUNICATION] : COMMUNICATION;
    expect([file, Object.keys(communication).filter((each) => !known.includes(each))]).toEqual([file, []]);
    const { url, method, response } = communication as { url?: string; method?: string; response?: { error?: Json } };
    const at = url?.replace("{{parameters.address}}", "");
    // The one that calls what it is told to is asked of every app; the others name their calls.
    if (at !== undefined && at !== "{{parameters.url}}")
      expect([file, isOperation(method ?? "", at)]).toEqual([file, true]);
    const types = [...JSON.stringify(response?.error ?? {}).matchAll(/"type":"(\w+)"/g)].map(([, type]) => type ?? "");
    expect(types.filter((type) => !ERRORS.includes(type))).toEqual([]);
  }
  const { body } = read<{ body: Json }>("make/app/modules/createReport.communication.imljson");
  for (const field of Object.keys(body)) expect(fieldsOf("ReportRequest")).toContain(field);

  for (const file of [...of("parameters"), ...of("expect"), ...of("interface")]) {
    for (const { name, type, label, options, rpc } of read<Json[]>(`make/app/${file}`)) {
      expect([file, typeof name, TYPES.includes(String(type)), typeof label]).toEqual([file, "string", true, "string"]);
      for (const called of [options, (rpc as Json | undefined)?.url].filter((each) => typeof each === "string"))
        expect(files).toContain(`rpcs/${called.replace("rpc://", "")}.communication.imljson`);
    }
  }
});

test("the custom app keeps to Make's own advice: errors with their status, no key in a log, whole interfaces, samples", () => {
  const app = (name: string) => read<Json>(`make/app/${name}.imljson`);
  for (const file of ["base", "connections/key.communication"]) {
    const { log, response } = app(file) as { log: Json; response: { error: Record<string, { message: string }> } };
    expect(log).toEqual({ sanitize: ["request.headers.authorization"] });
    const { error } = response;
    for (const [status, each] of Object.entries(error)) {
      if (status === "type") continue;
      const said = status === "message" ? (each as unknown as string) : each.message;
      expect([status, said.startsWith("[{{statusCode}}]")]).toEqual([status, true]);
    }
  }
  const parameters = read<Json[]>("make/app/connections/key.parameters.imljson");
  expect(parameters.map(({ name, type, editable }) => [name, type, editable])).toEqual([
    ["address", "url", true],
    ["key", "password", true],
  ]);

  // What a module puts out its interface names and its sample shows, and the API answers with it.
  const described = { createReport: "Accepted", getReport: "Job", searchReports: "Job", watchReports: "Job" } as const;
  for (const [module, schema] of Object.entries(described)) {
    const names = read<Json[]>(`make/app/modules/${module}.interface.imljson`).map(({ name }) => String(name));
    const sample = app(`modules/${module}.samples`);
    expect([module, Object.keys(sample)]).toEqual([module, names]);
    expect([module, names.filter((name) => !fieldsOf(schema).includes(name))]).toEqual([module, []]);
  }
  const times = (output: Json) => Object.keys(output).filter((name) => name.endsWith("_at"));
  const { iterate, limit, output } = app("modules/searchReports.communication").response as Json;
  expect([iterate, limit]).toEqual(["{{body.jobs}}", "{{parameters.limit}}"]);
  for (const each of [
    output,
    (app("modules/getReport.communication").response as Json).output,
    app("webhooks/finished.communication").output,
  ])
    expect(times(each as Json)).toEqual(["created_at", "started_at", "ended_at", "retry_at"]);
});

test("the n8n workflow's nodes are joined by their names, and call what the API has", () => {
  interface Node {
    readonly name: string;
    readonly type: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly retryOnFail?: boolean;
    readonly webhookId?: string;
  }
  const { nodes, connections } = read<{
    nodes: Node[];
    connections: Record<string, { main: { node: string }[][] }>;
  }>("n8n/post-and-wait.json");
  const names = nodes.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const [from, { main }] of Object.entries(connections))
    for (const each of [from, ...main.flat().map(({ node }) => node)]) expect(names).toContain(each);
  // Without one n8n's command line puts the workflow's id and the node's name before the path.
  expect(nodes.find(({ type }) => type === "n8n-nodes-base.webhook")?.webhookId).toMatch(/^[\da-f-]{36}$/);
  const calls = nodes.filter(({ type }) => type === "n8n-nodes-base.httpRequest");
  expect(calls).toHaveLength(3);
  for (const { parameters, retryOnFail } of calls) {
    const path = parameters.url?.replace(/^=/, "").slice(PLACEHOLDER.length) ?? "";
    expect([path, isOperation(parameters.method ?? "", path), retryOnFail]).toEqual([path, true, true]);
  }
});
