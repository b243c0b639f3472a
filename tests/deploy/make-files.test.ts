import { beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openApi } from "../http/api.ts";
import type { Document } from "../http/conformance.ts";
import { blueprint, DEPLOY, type Json, type Module, PLACEHOLDER, read } from "./blueprint.ts";

const NAMES = ["post-and-wait", "post-with-callback", "receive-callback"];

let document: Document;
beforeAll(async () => {
  await using api = await openApi();
  document = (await (await fetch(`${api.url}/openapi.json`)).json()) as Document;
});

/** Whether the document has this method at this path, whatever is in place of an id. */
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
    // Bun's toMatchObject writes the matchers into what it compares.
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
    // Nothing ends a scenario without a word: what breaks waits and polls again, or breaks and is retried.
    const last = onerror?.at(-1)?.module;
    expect(last).toBe(parameters.handleErrors === true ? "builtin:Break" : "builtin:Ignore");
    expect(Number(mapper?.timeout)).toBeLessThanOrEqual(300);
    const wait = /wait=(\d+)/.exec(JSON.stringify(mapper))?.[1] ?? "0";
    expect(Number(mapper?.timeout)).toBeGreaterThan(Number(wait) + 20);
    if (typeof mapper?.data !== "string") continue;
    for (const field of Object.keys(JSON.parse(mapper.data))) expect(fieldsOf("ReportRequest")).toContain(field);
    // Created for each run before the call, so that all repeats and attempts of a run have it.
    expect(JSON.stringify(mapper.headers)).toContain('"Idempotency-Key","value":"{{2.key}}"');
  }
});

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
    // Every app must have the module that calls any address; the others name their calls.
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

test("the custom app follows Make's own advice: errors with their status, no key in a log, whole interfaces, samples", () => {
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

  // The interface names and the sample shows what a module puts out, and the API returns it.
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
