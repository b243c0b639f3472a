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
  readonly mapper: Readonly<Record<string, unknown>>;
  readonly metadata: { readonly designer: { readonly x: number; readonly y: number } };
  readonly filter?: { readonly name: string; readonly conditions: readonly (readonly Condition[])[] };
  readonly onerror?: readonly Module[];
}
interface Condition {
  readonly a: string;
  readonly b: string;
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
let dataDir: string;
beforeAll(async () => {
  dataDir = temporaryFolder();
  await importManly(dataDir);
  const create = async (name: string, scope: string) =>
    (await run(["keys", "create", "--name", name, "--scope", scope, "--data-dir", dataDir])).stdout.trim();
  key = await create("make", "submit");
  adminKey = await create("ops", "admin");
  service = await startBinary({ dataDir, env: { AGENTLINK_ALLOW_HOSTS: "127.0.0.1" } });
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

test.each(NAMES)("the blueprint %s has the shape Make imports, and each call of it is one of the API's", (name) => {
  const { flow, metadata } = blueprint(name);
  const modules = flow.flatMap((module) => [module, ...(module.onerror ?? [])]);
  expect(new Set(modules.map(({ id }) => id)).size).toBe(modules.length);
  expect(metadata).toMatchObject({ version: 1, scenario: { roundtrips: expect.any(Number), dlq: true } });
  for (const module of modules) {
    expect(module).toMatchObject({
      id: expect.any(Number),
      module: expect.stringMatching(/^[a-z]+:[A-Z]\w+$/),
      version: expect.any(Number),
      mapper: expect.any(Object),
      metadata: { designer: { x: expect.any(Number), y: expect.any(Number) } },
    });
    // A module can refer to those before it alone.
    for (const [, id] of JSON.stringify([module.mapper, module.filter]).matchAll(/\{\{(\d+)\./g))
      expect(flow.findIndex((each) => each.id === Number(id))).toBeLessThan(flow.indexOf(module));
  }
  for (const { mapper, onerror, parameters } of flow.filter(({ module }) => module === "http:ActionSendData")) {
    expect(isOperation(String(mapper.method), String(mapper.url).slice(PLACEHOLDER.length))).toBe(true);
    // What fails is tried again: 429, 5xx and a network that is down become errors, and those a break.
    expect(parameters).toMatchObject({ handleErrors: true });
    expect(onerror?.[0]).toMatchObject({ module: "builtin:Break", mapper: { retry: true } });
    expect(Number(mapper.timeout)).toBeLessThanOrEqual(300);
    const wait = /wait=(\d+)/.exec(JSON.stringify(mapper))?.[1] ?? "0";
    expect(Number(mapper.timeout)).toBeGreaterThan(Number(wait) + 20);
    if (typeof mapper.data !== "string") continue;
    for (const field of Object.keys(JSON.parse(mapper.data))) expect(fieldsOf("ReportRequest")).toContain(field);
    expect(JSON.stringify(mapper.headers)).toContain("Idempotency-Key");
  }
});

/**
 * Runs the modules after the first as Make does, with the first one's output; answers what each put out.
 * `onBreak`: what happens in the two minutes before a module that failed is tried again, once.
 */
async function play(
  name: string,
  first: Json,
  texts: readonly (readonly [string, string])[],
  onBreak?: (answer: Response) => Promise<void>,
): Promise<Map<number, unknown>> {
  const [trigger, ...flow] = blueprint(name).flow;
  const scope: Record<string, unknown> = { [String(trigger?.id)]: first };
  const replaced = (text: string) =>
    [[PLACEHOLDER, service.url] as const, ["al_YOUR_KEY", key] as const, ...texts].reduce(
      (at, [what, by]) => at.replaceAll(what, by),
      text,
    );
  const value = (text: unknown) => fill(replaced(String(text)), scope);
  const outputs = new Map<number, unknown>();
  for (const { id, module, mapper, filter } of flow) {
    if (filter !== undefined && !filter.conditions.some((all) => all.every(holds))) break;
    const output = await outputOf(module, mapper, onBreak);
    scope[String(id)] = output;
    outputs.set(id, output);
  }
  return outputs;

  function holds({ a, b, o }: Condition): boolean {
    const [left, right] = [value(a), value(b)];
    if (o === "text:equal") return left === right;
    if (o === "text:notequal") return left !== right;
    if (o === "text:contain") return String(left).includes(String(right));
    if (o === "date:greater") return (left as Date) > (right as Date);
    throw new Error(`${o} is no operator that is used here`);
  }

  async function outputOf(module: string, mapper: Json, broken: typeof onBreak): Promise<unknown> {
    if (module === "json:ParseJSON") return JSON.parse(String(value(mapper.json)));
    if (module === "util:SetVariables") {
      const variables = mapper.variables as readonly { name: string; value: string }[];
      return Object.fromEntries(variables.map((each) => [each.name, value(each.value)]));
    }
    expect(module).toBe("http:ActionSendData");
    const headers = (mapper.headers as readonly { name: string; value: string }[]).map(
      (each) => [each.name, String(value(each.value))] as [string, string],
    );
    const body = mapper.data === undefined ? {} : { body: String(value(mapper.data)) };
    if (mapper.contentType !== undefined) headers.push(["Content-Type", String(mapper.contentType)]);
    const answer = await fetch(String(value(mapper.url)), {
      method: String(mapper.method).toUpperCase(),
      headers,
      ...body,
    });
    if (!answer.ok && broken !== undefined) {
      await broken(answer);
      return outputOf(module, mapper, undefined);
    }
    expect([200, 202]).toContain(answer.status);
    return { data: mapper.parseResponse === true ? await answer.json() : await answer.bytes() };
  }
}

const ASKED = { suburb: "Manly", state: "NSW", request: "deal-7" };
const isPdf = (output: unknown) =>
  new TextDecoder().decode((output as { data: Uint8Array }).data.slice(0, 5)) === "%PDF-";

test("post and wait: one run of the scenario ends with the PDF, and the same run again is the same report", async () => {
  const outputs = await play("post-and-wait", ASKED, []);
  expect(isPdf(outputs.get(3))).toBe(true);
  const again = await play("post-and-wait", ASKED, []);
  const job = (each: Map<number, unknown>) => (each.get(2) as { data: { job_id: string } }).data.job_id;
  expect(job(again)).toBe(job(outputs));
}, 120_000);

test("post and wait: a report that takes longer than the wait is fetched by a later try", async () => {
  await operate("pause");
  const broken: number[] = [];
  const outputs = await play(
    "post-and-wait",
    { ...ASKED, request: "deal-10" },
    [["wait=240", "wait=1"]],
    async ({ status, url }) => {
      broken.push(status);
      await operate("resume");
      await ended(url.replace("/api/jobs/", "/api/job-status/").replace("/report.pdf", "?wait=60"));
    },
  );
  expect(broken).toEqual([404]);
  expect(isPdf(outputs.get(3))).toBe(true);
}, 120_000);

async function operate(action: "pause" | "resume"): Promise<void> {
  const answer = await fetch(`${service.url}/api/queue/${action}`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}` },
  });
  expect(answer.status).toBe(200);
}

async function ended(status: string): Promise<void> {
  const answer = await fetch(status, { headers: { authorization: `Bearer ${key}` } });
  if (((await answer.json()) as { status: string }).status === "processing") await ended(status);
}

test("post with a callback: the callback's signature is checked, and only what is AgentLink's and new goes on", async () => {
  await using receiver = startReceiver(() => new Response(null, { status: 200 }));
  await play("post-with-callback", { ...ASKED, request: "deal-8" }, [
    ["https://hook.eu1.make.com/YOUR_CALLBACK_HOOK", receiver.url],
  ]);
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
  expect(taken.get(3)).toMatchObject({ status: "completed", metadata: { request: "deal-8" } });
  expect(isPdf(taken.get(4))).toBe(true);
  const refused = [
    await receive(call?.body.replace("deal-8", "deal-9"), call?.timestamp ?? ""),
    await receive(call?.body, String(Number(call?.timestamp) - 600)),
    await receive(call?.body, call?.timestamp ?? "", btoa("another secret of another service")),
  ];
  for (const outputs of refused) expect([...outputs.keys()]).toEqual([2]);
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
  expect(of("communication").length).toBeGreaterThanOrEqual(6);
  for (const file of [...of("communication"), "base.imljson"]) {
    const communication = read<Json>(`make/app/${file}`);
    const known = file === "base.imljson" ? ["baseUrl", "timeout", ...COMMUNICATION] : COMMUNICATION;
    expect([file, Object.keys(communication).filter((each) => !known.includes(each))]).toEqual([file, []]);
    const { url, method, response } = communication as { url?: string; method?: string; response?: { error?: Json } };
    const at = url?.replace("{{parameters.address}}", "");
    if (at !== undefined) expect([file, isOperation(method ?? "", at)]).toEqual([file, true]);
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
  for (const module of ["getReport", "watchReports"])
    for (const { name } of read<Json[]>(`make/app/modules/${module}.interface.imljson`))
      expect(fieldsOf("Job")).toContain(String(name));
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
