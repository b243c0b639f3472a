import { asFailure } from "../../failure.ts";
import type { Outbound } from "../../outbound/outbound.ts";
import type { DataSet, Partner } from "../data-set.ts";
import { toDay, toIso, twelveMonthsTo } from "../figures/days.ts";
import { foldName } from "../identity/named.ts";
import { confirms, parseResponse, readRows } from "../partners/responses.ts";
import { createPictures, notesOnMissing, type PicturesOptions } from "./domain/pictures.ts";
import { messages } from "./messages.ts";
import { createPictureCache } from "./picture-cache.ts";
import type { ReportLocality } from "./source.ts";

export interface PartnersOptions {
  /** Called as by the old service: for the partners of a suburb, and whether an agent is one. */
  readonly url: string;
  readonly outbound: Outbound;
  /** Decodes, scales and writes a picture again, in a thread. */
  readonly draw: PicturesOptions["draw"];
  /** How long a response is used. */
  readonly cacheMs: number;
  readonly timeoutMs?: number;
  readonly now?: () => Date;
  /** Called with the reason why nothing is available. */
  readonly onProblem?: (reason: string) => void;
}

export interface PartnersSource {
  /**
   * The data set, as JSON text, with the partners of the suburb; unchanged if they are not available in time. Never
   * throws: who pays to be shown delays no report.
   */
  withPartners(dataSet: string, locality: ReportLocality): Promise<string>;
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;
const PICTURES_MS = 5_000;
/** After a failure it is paused for so long. */
const PAUSE_MS = 60_000;
const MAX_CACHED = 2_000;
/** For how many agents partnership is looked up: those that the old report showed. */
const AGENTS = 5;

export function createPartnersSource(options: PartnersOptions): PartnersSource {
  const { url, outbound, draw, cacheMs, timeoutMs = TIMEOUT_MS, now = () => new Date() } = options;
  /** Written by `request`. */
  const cached = new Map<string, { readonly value: unknown; readonly until: number }>();
  const cache = createPictureCache(() => now().getTime());
  const pictures = createPictures({ outbound, draw, timeoutMs: PICTURES_MS, cache });
  /** Written by `request`. */
  let quietUntil = 0;

  /** Its response to a question; undefined if the response cannot be used. */
  async function request(question: Readonly<Record<string, string>>): Promise<unknown> {
    const body = JSON.stringify(question);
    const at = now().getTime();
    const known = cached.get(body);
    if (known !== undefined && known.until > at) return known.value;
    if (at < quietUntil) return known?.value;
    try {
      const response = await outbound.request(url, {
        ...{ method: "POST", headers: { "Content-Type": "application/json", "User-Agent": "AgentLink" }, body },
        ...{ timeoutMs, maxBytes: MAX_BYTES, redirects: 0 },
      });
      if (response.status !== 200) throw new Error(messages.partnersResponded(response.status));
      const value = parseResponse(response.body);
      cached.delete(body);
      cached.set(body, { value, until: at + cacheMs });
      for (const oldest of cached.keys()) {
        if (cached.size <= MAX_CACHED) break;
        cached.delete(oldest);
      }
      return value;
    } catch (error) {
      quietUntil = now().getTime() + PAUSE_MS;
      options.onProblem?.(asFailure(error).message);
      // Older than it should be is better than none.
      return known?.value;
    }
  }

  /** The partners, and what is to be noted of their pictures. */
  async function partnersOf(
    dataSet: DataSet,
    { suburb, state }: ReportLocality,
  ): Promise<{ readonly partners: readonly Partner[]; readonly notes: readonly string[] }> {
    const listed = readRows(await request({ suburb, state }));
    const names = new Set(listed.map(({ partner }) => foldName(partner.agent)));
    const others = topAgents(dataSet).filter((name) => !names.has(foldName(name)));
    const responses = await Promise.all(others.map((agent_name) => request({ agent_name, suburb, state })));
    const standard = others.filter((_, index) => confirms(responses[index]));
    const addresses = listed.flatMap(({ partner: { agent: owner }, photo, logo }) => [
      ...(photo === null ? [] : [{ address: photo, use: "photo" as const, owner }]),
      ...(logo === null ? [] : [{ address: logo, use: "logo" as const, owner }]),
    ]);
    const drawn = await pictures.fetchAll(addresses);
    const partners = [
      ...listed.map(({ partner, photo, logo }) => ({
        ...partner,
        photo: (photo && drawn.found.get(photo)) ?? null,
        logo: (logo && drawn.found.get(logo)) ?? null,
      })),
      ...standard.map((agent): Partner => ({ id: `asked:${foldName(agent)}`, agent, tier: "standard" })),
    ];
    return { partners, notes: notesOnMissing(addresses, drawn) };
  }

  return {
    async withPartners(text, locality) {
      try {
        const dataSet = JSON.parse(text) as DataSet;
        const { partners, notes } = await partnersOf(dataSet, locality);
        if (partners.length === 0) return text;
        const own = dataSet.partners ?? [];
        const names = new Set(own.map(({ agent }) => foldName(agent)));
        const added = partners.filter(({ agent }) => !names.has(foldName(agent)));
        const noted = notes.length === 0 ? dataSet : { ...dataSet, notes: [...(dataSet.notes ?? []), ...notes] };
        return JSON.stringify({ ...noted, partners: [...own, ...added] });
      } catch (error) {
        options.onProblem?.(asFailure(error).message);
        return text;
      }
    },
  };
}

/** Names of those with most sales in the 12 months to the newest one. */
function topAgents({ sales = [], agents = [] }: DataSet): readonly string[] {
  const sold = sales.filter(({ outcome, sold_date }) => (outcome ?? "sold") === "sold" && sold_date);
  const newest =
    sold
      .flatMap(({ sold_date }) => sold_date ?? [])
      .sort()
      .at(-1) ?? "";
  if (newest === "") return agents.flatMap(({ hidden, name }) => (hidden === true ? [] : [name])).slice(0, AGENTS);
  const from = toIso(twelveMonthsTo(toDay(newest)).from);
  const counts = new Map<string, number>();
  for (const { sold_date, agents: of = [] } of sold)
    if ((sold_date ?? "") >= from) for (const { id } of of) counts.set(id, (counts.get(id) ?? 0) + 1);
  const known = new Map(
    agents.flatMap(({ id, name, hidden }) => (id === undefined || hidden === true ? [] : [[id, name]])),
  );
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .flatMap(([id]) => known.get(id) ?? [])
    .slice(0, AGENTS);
}
