import type { Command } from "commander";
import type { ReportRequest } from "../client/client.ts";

/** The flags of what a report counts and shows, as they were typed: what they mean, the service says. */
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

/** Adds a flag for each field of a request that says what the report counts and shows. */
export function withRequestOptions(command: Command): Command {
  return command
    .optionsGroup("What the report counts:")
    .option("--property-types <types>", "property types to count: House,Townhouse, or Domain's names")
    .option("--bedrooms <range>", "bedrooms to count: 3, 3+, 2-4 or -4")
    .option("--bathrooms <range>", "bathrooms, in the same formats")
    .option("--carspaces <range>", "car spaces, in the same formats")
    .option("--land-area <range>", "land area in square metres, in the same formats: 450+")
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

/** The fields of a request that the flags stand for; what was not given is left out. */
export function requestFieldsOf(flags: RequestFlags): Partial<ReportRequest> {
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
