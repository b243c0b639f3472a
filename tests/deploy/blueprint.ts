import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fill } from "./iml.ts";

/** The folder of what others import. */
export const DEPLOY = resolve(import.meta.dir, "../../deploy");
/** The service's address in these files. */
export const PLACEHOLDER = "https://reports.example.com";

export interface Module {
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
export type Json = Readonly<Record<string, unknown>>;

export const read = <T>(path: string) => JSON.parse(readFileSync(join(DEPLOY, path), "utf8")) as T;
export const blueprint = (name: string) => read<Blueprint>(`make/blueprints/${name}.json`);

export interface Played {
  /** What a module put out last, by its id. */
  readonly outputs: ReadonlyMap<number, unknown>;
  /** How often each module ran. */
  readonly runs: ReadonlyMap<number, number>;
}

interface Happening {
  readonly onSleep?: () => Promise<void>;
  readonly onRun?: (module: number, run: number) => Promise<void>;
  readonly lose?: number;
}

/**
 * Runs the modules after the first as Make does, with the first one's output. `texts` are replaced in what is sent;
 * `onSleep` is what happens while the scenario sleeps, `onRun` before a module runs for the nth time, `lose` how many
 * responses to posts are lost on their way.
 */
export async function play(
  service: { readonly url: string; readonly key: string },
  name: string,
  first: Json,
  texts: readonly (readonly [string, string])[],
  { onSleep = async () => {}, onRun = async () => {}, lose = 0 }: Happening = {},
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
    const all = [[PLACEHOLDER, service.url] as const, ["al_YOUR_KEY", service.key] as const, ...texts];
    return fill(
      all.reduce((at, [what, by]) => at.replaceAll(what, by), String(text)),
      scope,
    );
  }

  async function runFlow([next, ...rest]: readonly Module[]): Promise<void> {
    if (next === undefined) return;
    const { id, module, filter } = next;
    if (filter !== undefined && !filter.conditions.some((all) => all.every(holds))) return;
    const run = (runs.get(id) ?? 0) + 1;
    runs.set(id, run);
    await onRun(id, run);
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
    const response = await fetch(String(value(mapper.url)), { method, headers, ...body });
    if (method === "POST" && lost-- > 0) throw new Lost();
    if (statesAreErrors) expect(response.status).toBe(200);
    const data = mapper.parseResponse === true ? await response.json() : await response.bytes();
    return { statusCode: response.status, data };
  }
}

/** The connection broke before the response was there. */
class Lost extends Error {}
