import type { Command } from "commander";
import { ApiError, type ApiReportRequest } from "../client/client.ts";
import { messages } from "./messages.ts";
import { argument } from "./option.ts";

/** The flags of what a report counts and shows, as they were typed: the service interprets them. */
export interface RequestFlags {
  readonly propertyTypes?: string;
  readonly bedrooms?: string;
  readonly bathrooms?: string;
  readonly carspaces?: string;
  readonly landArea?: string;
  readonly surroundings?: true;
  readonly otherSuburbs?: string;
  readonly region?: string;
  readonly area?: string;
  readonly homeOwnerPricing?: string;
  readonly featuredAgent?: string;
  readonly featuredAgency?: string;
  readonly edition?: string;
  readonly sections?: string;
  readonly compare?: string;
  readonly subject?: string;
}

/** Adds a flag for each field of a request that states what the report counts and shows. */
export function withRequestOptions(command: Command): Command {
  return command
    .optionsGroup("What the report counts:")
    .option("--property-types <types>", "property types to count: House,Townhouse, or Domain's names")
    .option("--bedrooms <range>", "bedrooms to count: 3, 3+, 2-4 or -4", argument(range))
    .option("--bathrooms <range>", "bathrooms, in the same formats", argument(range))
    .option("--carspaces <range>", "car spaces, in the same formats", argument(range))
    .option("--land-area <range>", "land area in square metres, in the same formats: 450+", argument(ofArea))
    .option("--surroundings", "also count the surrounding suburbs")
    .option("--other-suburbs <names>", "also count these suburbs in the same report: 'Fairlight; Balgowlah'")
    .option("--region <name>", "Domain's region, for Domain as the data source")
    .option("--area <name>", "Domain's area, for Domain as the data source")
    .optionsGroup("What the report shows:")
    .option("--home-owner-pricing <band>", "price band the owner expects, such as '$1m-$1.5m'")
    .option("--featured-agent <id>", "id or name of an agent to highlight")
    .option("--featured-agency <id>", "id or name of an agency to highlight")
    .option("--edition <edition>", "full, or brief for one page")
    .option("--sections <names>", "sections in addition to verdict and method: market,agents")
    .option("--compare <names>", "two to four agents or agencies, side by side: 'Ada Lovelace; Grace Hopper'")
    .option("--subject <property>", "show sales comparable with this address, or with a property as JSON");
}

/** A range of rooms as it was typed; an empty variable of a script counts as none. */
function range(text: string): string | undefined {
  const [, exact, from, to] = /^\s*(?:(\d+)\s*\+?|(\d*)\s*(?:-|–|\.\.)\s*(\d*))\s*$/.exec(text) ?? [];
  if (text.trim() === "") return undefined;
  if (!exact && !from && !to) throw new Error(messages.badRange);
  if (from && to && Number(from) > Number(to)) throw new Error(messages.rangeOrder(`${to}-${from}`));
  return text;
}

/** A range of areas, each in any unit that the service reads. */
function ofArea(text: string): string | undefined {
  const [, from = "", to = ""] = /^\s*([\d.,]+)\s*(?:-|–|\.\.)\s*([\d.,]+)\s*$/.exec(text) ?? [];
  if (Number(from.replaceAll(",", "")) > Number(to.replaceAll(",", "") || "Infinity"))
    throw new Error(messages.rangeOrder(`${to}-${from}`));
  return text.trim() === "" ? undefined : text;
}

/** The fields of a request that the flags stand for; what was not given is left out. */
export function requestFieldsOf(flags: RequestFlags): Partial<ApiReportRequest> {
  const fields: Record<string, unknown> = {
    property_types: flags.propertyTypes,
    ...bounds("bedrooms", flags.bedrooms),
    ...bounds("bathrooms", flags.bathrooms),
    ...bounds("carspaces", flags.carspaces),
    ...bounds("land_area", flags.landArea),
    include_surrounding_suburbs: flags.surroundings,
    other_suburbs: flags.otherSuburbs,
    region: flags.region,
    area: flags.area,
    home_owner_pricing: flags.homeOwnerPricing,
    featured_agent_id: flags.featuredAgent,
    featured_agency_id: flags.featuredAgency,
    edition: flags.edition,
    sections: flags.sections,
    compare: flags.compare,
    subject: subjectOf(flags.subject),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** An address, or all that is known of the property as JSON; what is no JSON is an address. */
function subjectOf(flag: string | undefined): unknown {
  if (flag === undefined) return undefined;
  try {
    const subject: unknown = JSON.parse(flag);
    if (typeof subject === "object" && subject !== null) return subject;
  } catch {
    // An address, which is no JSON.
  }
  return { address: flag };
}

/** "3" is exactly that, "3+" and "3-" at least, "-4" at most, "2-4" between; anything else is for the service to refuse. */
function bounds(name: string, range: string | undefined): Record<string, string> {
  if (range === undefined) return {};
  const [, from = "", to = ""] = /^\s*(.*?)\s*(?:-|–|\.\.)\s*(.*?)\s*$/.exec(range.replace(/\+\s*$/, "-")) ?? [];
  if (from === "" && to === "") return { [`min_${name}`]: range, [`max_${name}`]: range };
  return { ...(from === "" ? {} : { [`min_${name}`]: from }), ...(to === "" ? {} : { [`max_${name}`]: to }) };
}

/** The field of a request that each option stands for. */
const FIELDS = {
  propertyTypes: ["property_types"],
  bedrooms: ["min_bedrooms", "max_bedrooms"],
  bathrooms: ["min_bathrooms", "max_bathrooms"],
  carspaces: ["min_carspaces", "max_carspaces"],
  landArea: ["min_land_area", "max_land_area"],
  surroundings: ["include_surrounding_suburbs"],
  otherSuburbs: ["other_suburbs"],
  region: ["region"],
  area: ["area"],
  homeOwnerPricing: ["home_owner_pricing"],
  featuredAgent: ["featured_agent_id"],
  featuredAgency: ["featured_agency_id"],
  edition: ["edition"],
  sections: ["sections"],
  compare: ["compare"],
  subject: ["subject"],
  postcode: ["postcode"],
  preparedFor: ["prepared_for"],
  callback: ["callback_url"],
  priority: ["priority"],
  draft: ["draft"],
  data: ["data"],
  locality: ["suburb", "state"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The options whose fields are known, by their keys. */
export const OPTIONS: readonly string[] = Object.keys(FIELDS);

/**
 * The service's error in the words of the command line: it names the option that was typed, where the service names the
 * field that the option stands for. A field of the file of --request retains its path.
 */
export function inOptions(error: ApiError, flags: Readonly<Record<string, unknown>>): ApiError {
  const typed = new Map(
    Object.entries(FIELDS).flatMap(([key, fields]) =>
      flags[key] === undefined
        ? []
        : fields.map((field) => [field as string, key === "locality" ? `the ${field}` : `--${kebab(key)}`] as const),
    ),
  );
  const lines = error.problems.map(({ path, message }) => {
    const [field = "", ...inside] = String(path ?? "")
      .split("/")
      .slice(1);
    const option = typed.get(field);
    if (option === undefined) return `${path} ${message}`;
    const within = inside.filter((part) => !/^\d+$/.test(part));
    return `${[option, ...within].join(" ")} ${message}`;
  });
  if (lines.length === 0) return error;
  const { code, status, details, requestId, retryAfterMs, cause } = error;
  return new ApiError([...new Set(lines)].join("\n"), { code, status, details, requestId, retryAfterMs, cause });
}

function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
