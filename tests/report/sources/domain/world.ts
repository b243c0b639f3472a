import { expect } from "bun:test";
import type { Failure } from "../../../../src/failure.ts";
import { createCircuitBreaker } from "../../../../src/outbound/circuit-breaker.ts";
import { createOutbound } from "../../../../src/outbound/outbound.ts";
import type { DataSet } from "../../../../src/report/data-set.ts";
import { preparePicture, withPictures } from "../../../../src/report/pictures/picture.ts";
import { openCache } from "../../../../src/report/sources/domain/cache.ts";
import { createDomainClient, type DomainRefusal } from "../../../../src/report/sources/domain/client.ts";
import { createPictures } from "../../../../src/report/sources/domain/pictures.ts";
import { createDomainSource } from "../../../../src/report/sources/domain/source.ts";
import type { DomainCredentials } from "../../../../src/report/sources/domain/token.ts";
import type { DataSetSource, ReportLocality } from "../../../../src/report/sources/source.ts";
import { hurryingClock } from "../../../fakes/clock.ts";
import { FakeDomain } from "../../../fakes/domain.ts";
import { addSuburb, type FakeSuburb } from "../../../fakes/domain-suburb.ts";

export const MANLY: ReportLocality = { suburb: "Manly", state: "NSW", postcode: "2095" };
export const TODAY = "2026-07-20";

export interface WorldOptions {
  readonly suburb?: Omit<FakeSuburb, "today"> | null;
  /** A key, by default. */
  readonly credentialsOf?: (domain: FakeDomain) => DomainCredentials;
  readonly path?: string;
  readonly own?: DataSetSource;
  /** Fetches pictures, from these hosts of this machine; else there are none. */
  readonly pictures?: { readonly allowHosts?: readonly string[]; readonly timeoutMs?: number };
}

/** The stand-in with a suburb in it, and a source that uses it, at noon of TODAY until the time is advanced. */
export function openWorld(options: WorldOptions = {}) {
  const domain = new FakeDomain().start();
  if (options.suburb !== null) addSuburb(domain, { today: TODAY, ...options.suburb });
  let time = Date.parse(`${TODAY}T02:00:00Z`);
  const now = () => new Date(time);
  const clock = hurryingClock();
  const breaker = createCircuitBreaker({ clock, failuresToOpen: 3, waitInAttemptMs: 0 });
  const cache = openCache({ path: options.path ?? ":memory:", now });
  const refusals: DomainRefusal[] = [];
  const host = new URL(domain.url).host;
  const clientOf = (credentials: DomainCredentials) =>
    createDomainClient({
      url: domain.url,
      credentials,
      outbound: createOutbound({ allowHosts: [host], allowHttp: true }),
      breaker,
      cache,
      now,
      sleep: async () => {},
      onRefused: (refusal) => refusals.push(refusal),
    });
  const client = clientOf(options.credentialsOf?.(domain) ?? { key: domain.key });
  const source = createDomainSource({
    client,
    cache,
    now,
    townhouses: "house",
    ...(options.own === undefined ? {} : { own: options.own }),
    ...(options.pictures === undefined
      ? {}
      : {
          pictures: createPictures({
            cache,
            outbound: createOutbound({ allowHosts: options.pictures.allowHosts ?? [host], allowHttp: false }),
            draw: (dataUri, use) => withPictures(() => preparePicture(dataUri, use)),
            ...(options.pictures.timeoutMs === undefined ? {} : { timeoutMs: options.pictures.timeoutMs }),
          }),
        }),
  });
  return {
    domain,
    client,
    cache,
    breaker,
    refusals,
    source,
    /** As a service that is started again with another key, on the same cache. */
    withKey(key: string) {
      const other = clientOf({ key });
      return { client: other, source: createDomainSource({ client: other, cache, now, townhouses: "house" }) };
    },
    request: async (locality: ReportLocality = MANLY) => {
      const text = await source.dataSet(locality);
      return text === null ? null : (JSON.parse(text) as DataSet);
    },
    advance(ms: number) {
      time += ms;
      clock.advance(ms);
    },
    async [Symbol.asyncDispose]() {
      cache.close();
      await domain.stop();
    },
  };
}

/** What it fails with now. */
export async function failureOf(world: World): Promise<Failure> {
  return world.request().then(
    () => Promise.reject(new Error("it did not fail")),
    (error) => error,
  );
}

/** What a job does: it waits for the given time, and retries. */
export async function retried(world: World) {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return await world.request();
    } catch (error) {
      const { options } = error as Failure;
      expect(options.uncounted).toBe(true);
      world.advance(options.retryAfterMs ?? 5_000);
    }
  }
  throw new Error("100 attempts came to nothing");
}

type World = ReturnType<typeof openWorld>;
