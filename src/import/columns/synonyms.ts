import { MONEY_UNIT, withoutPeriod } from "../amounts.ts";
import { namedDay } from "./date-columns.ts";
import { wordKey } from "./words.ts";

/**
 * How exports call what the catalogue calls by the name on the left: spreadsheets, portals (Domain, realestate.com.au,
 * RP Data), CRMs (Rex, VaultRE, Agentbox, Reapit), Airtable, Apify, RESO. Without case, blanks and signs; a unit in
 * brackets is left out. Of two columns of a table for one field the one further to the left in a line is taken.
 */
const LINES = `
id: id, listing id, sale id, unique id, external id, record id, listing number, mls number, listing key, ref, reference, crm id, object id, property id, property reference, stock id, listing reference, sale reference, transaction id
address: address, street address, property address, displayable address, display address, full address, unparsed address, address line 1, address 1, property, location, listing address, site address, address street, property name, street display, address display, property full address, address full, full street address, listing street address
unit: unit, unit number, unit no, sub number, subnumber, flat number, flat no, apartment number, unit num, apartment no, unit no, flat
street_number: street number, street no, house number, house no, number, street num, street num, address street number
street_name: street name, street, road name
street_type: street type, road type, street suffix
suburb: suburb, locality, suburb town, town, city, suburb name, property suburb, address suburb, town suburb, address locality, place, property town, suburb locality, address town, suburb name and postcode, city suburb, suburb or town, property locality
state: state, state territory, state or province, province, state code, property state, address state, address region, state abbreviation, state name, county
postcode: postcode, post code, postal code, zip, zip code, pcode, pc, property postcode, address postcode
category: category, property type, property category, dwelling type, type of property, property sub type, property class, building type, type, listing type, home type, structure, property style, type name, property type name, dwelling, property category name, style, property category type, residential type, listing property type, primary property type
beds: beds, bedrooms, bed, bedroom, bedrooms total, number of bedrooms, no of bedrooms, no beds, num beds, num bedrooms, bedroom count, br, features bedrooms, rooms, bedroom2
baths: baths, bathrooms, bath, bathroom, bathrooms total integer, bathrooms total, number of bathrooms, no of bathrooms, no baths, num baths, bathroom count, ba, features bathrooms
cars: cars, car spaces, carspaces, total parking, total car spaces, car accommodation, parking total, total cars, car, parking, parking spaces, car parks, carparks, garage, garages, garage spaces, car space, number of car spaces, num cars, features parking spaces, parkings, number of car parks
land_sqm: land sqm, land size, land area, land, lot size, land m2, block size, site area, land size m2, land size sqm, land area sqm, land area m2, land area value, land size value, lot size square meters, area sqm, property size, area size, area, land area total, lot area, total land area, land area size
listed_date: listed date, date listed, list date, listing date, first advertised date, first listed date, first listed, listed, on market date, date on market, listed on, on market, campaign start, created date, authority start, authority start date, list start date, date first listed, live date, date live, published date, marketing start date
sold_date: sold date, date sold, sale date, date of sale, contract date, date of contract, exchange date, date of exchange, exchanged, exchanged date, conditional date, conditional, close date, last sold date, sold on, unconditional date, unconditional, sold, date, settlement date, settled date, settled, settlement, completed, completion date, sale contract date, recent sale date, last sale date, auction date, accepted date, offer accepted date, sale agreed date, contract exchange date, unconditional on, date unconditional, date exchanged, exchange
price: price, sold price, sale price, selling price, purchase price, final price, close price, last sold price, sold for, sale value, price sold, amount, recent sale price, last sale price, contract price, value, agreed price, actual sale price, sold amount, sale amount, consideration, purchase amount, sales price, achieved price, result price, final sale price, contract sale price, accepted price, sold value, accepted offer price, total price, sold, sale
price_disclosed: price disclosed, disclosed, show price, display sold price, can display price, price visible, show sale price, show sold price, display sale price
display_price: display price, price view, price text, price display, advertised price, price guide, list price, asking price, price, search price, price details
first_ask: first advertised price, asking price, list price, listing price, original list price, first ask, first price, advertised price, price guide, guide price, guide, initial price, ask, search price, first list price, first listed price, original price, original asking price
method: method, sale method, method of sale, sale type, selling method, type of sale, sold by, how sold, authority type, authority, transaction type, sold method, method of sale name, sale method name, marketing method, listing method, listing authority, sale authority, campaign method, authority to sell, mode of sale
outcome: outcome, result, sale result, auction result, sale status, status, listing status, standard status
agency: agency, agency name, office, office name, listing office, listing office name, list office name, listing agency, selling agency, advertiser name, advertiser, branch, branch name, brokerage, company, agency office, real estate agency, seller agency, lister agency, organisation, organization, agency branch, agency office name, selling office, seller office, seller g
agency_ids: agency ids, agency id, advertiser id, office id, list office key
agency_id: agency id, office id
agent: agent, agent name, listing agent, sales agent, agents, lead agent, primary agent, salesperson, sales person, listing agent 1, agent 1, contact 1, contact, selling agent, sales consultant, consultant, list agent full name, agent full name, seller agent, agent names, listing agents, lister, agent 1 name, primary contact, negotiator, contacts, primary staff, listing staff, listing staff 1, contact staff, contact staff 1, staff, staff 1, salesperson 1, sales person 1, sales agent 1, agent name 1, lister 1, selling agent 1, property manager, leasing agent, leasing consultant, manager, sold by agent, agent 1 full name, listed by, sold by agent name, sales representative, sales rep, salesperson name, lead agent name
co_agent: co agent, agent 2, listing agent 2, contact 2, second agent, secondary agent, co agents, agent 2 name, co list agent full name, joint agent, secondary contact, other agent, other agents, secondary staff, listing staff 2, contact staff 2, staff 2, salesperson 2, sales person 2, sales agent 2, agent name 2, lister 2, selling agent 2
agent_email: agent email, agent e mail, listing agent email, agent 1 email, contact email
agent_phone: agent phone, agent mobile, listing agent phone, agent 1 mobile, agent 1 phone, contact phone, contact mobile, listing agent mobile
agents: agents, agent ids with roles
agent_ids: agent ids, agent id
name: name, full name, agent name, agency name, display name, title name, trading name, office name, contact name, staff name, company name, company
first_name: first name, firstname, given name, preferred name
last_name: last name, lastname, surname, family name
title: title, position, job title, role, job position
phone: phone, mobile, telephone, phone number, mobile number, contact number, tel, work phone, office phone, mobile phone, business phone
email: email, e mail, email address, contact email, work email
photo: photo, picture, image, photo url, headshot, profile photo
logo: logo, logo url, agency logo
url: url, website, web site, web, link, homepage, site
principal: principal, principal name, director, licensee
colour: colour, color, brand colour, brand color, primary colour, primary agency colour
brand: brand, franchise, group, network
for_sale: for sale, number for sale, listings for sale
source: source, data source
weekly_rent: weekly rent, rent, rent pw, rent per week, price per week, advertised rent, rental price, asking rent, price, rent amount, rental amount, current rent, weekly rental, rent weekly, rent price, lease price, rent per month, rent per calendar month, rent pcm, rent pm, pcm, rent monthly, monthly rent, monthly rental, rent per fortnight, rent fortnightly, fortnightly rent, rent per annum, rent per year, rent pa, annual rent, yearly rent
leased_date: leased date, date leased, lease date, let date, leased, lease start, lease start date, tenancy start, tenancy start date, lease commencement, lease commencement date, start date, move in date, let agreed
available_date: available date, date available, available
status: status, listing status, rental status, standard status
land_unit: land unit, land units, land area unit, land area units, land size unit, land size units, area unit, area type
rent_period: rent period, rent frequency, rental period, rent per, payment frequency, frequency, rent cycle, payment cycle
currency: currency, currency code, price currency, sale currency, currency name, ccy
carports: carports, carport, carport spaces
open_spaces: open spaces, open space, off street parking, open parking
lat: lat, latitude, lattitude
lon: lon, lng, longitude, long, longtitude
period_end: period end, quarter end, period ending, date, month end
period_months: period months, months
median_sold_price: median sold price, median price, median, median sale price
number_sold: number sold, sales, number of sales, sold count, no of sales, volume
median_weekly_rent: median weekly rent, median rent
days_on_market: days on market, dom, median days on market
`;

/** Field names by the key of a spelling, each with its position from the left: 0 is the name itself. */
const spellings = new Map<string, readonly { readonly field: string; readonly rank: number }[]>();
for (const line of LINES.trim().split("\n")) {
  const [field = "", names = ""] = line.split(": ");
  for (const [rank, name] of [field, ...names.split(",")].entries()) {
    const key = wordKey(name);
    const known = spellings.get(key) ?? [];
    if (!known.some((each) => each.field === field)) spellings.set(key, [...known, { field, rank }]);
  }
}

/** The fields that a column of this name may be, the likeliest first. */
export function fieldsNamed(header: string): readonly { readonly field: string; readonly rank: number }[] {
  const found = spelled(header);
  const day = dayNamed(header);
  const isMore = day !== null && !found.some(({ field }) => field === day.field);
  return [...found, ...(isMore ? [{ field: day.field, rank: rankOfDay(day) }] : [])].sort((a, b) => a.rank - b.rank);
}

/** Whether a text surely names a column: "For sale" in a row is a status. */
export function isColumnName(text: string): boolean {
  return spelled(text).length > 0 || dayNamed(text)?.isSure === true;
}

function spelled(header: string) {
  const known = spellings.get(wordKey(header)) ?? spellings.get(wordKey(withoutUnit(header)));
  if (known !== undefined) return known;
  const rents = spellings.get(wordKey(withoutPeriod(header))) ?? [];
  return rents.filter(({ field }) => field === "weekly_rent" && /rent/i.test(header));
}

/** The day that a column is of by the words of its name, without a unit or a format such as "(dd/mm/yyyy)". */
export function dayNamed(header: string): ReturnType<typeof namedDay> {
  return namedDay(header) ?? namedDay(withoutUnit(header));
}

/** That of the same word in a usual name, such as "settled date", else behind all of these. */
function rankOfDay({ field, word }: { readonly field: string; readonly word: string }): number {
  const usual = spellings.get(wordKey(`${word} date`))?.find((each) => each.field === field);
  return usual?.rank ?? LAST_RANK;
}

/** Behind every spelling. */
const LAST_RANK = 1_000;

/** What is in brackets at the end of a column's name, such as "m²"; empty if there are none. */
export function unitIn(header: string): string {
  return (
    /[([]\s*([^)\]]*?)\s*[)\]]\s*$/.exec(header)?.[1] ?? /[\s_](sqm|m2|m²|ha|hectares|acres)$/i.exec(header)?.[1] ?? ""
  );
}

function withoutUnit(header: string): string {
  return header
    .replace(/\s*[([][^)\]]*[)\]]\s*$/, "")
    .replace(MONEY_UNIT, "")
    .replace(/[\s_](sqm|m2|m²|ha|hectares|acres|aud|\$)$/i, "");
}
