import { expect, test } from "bun:test";
import { newImportWorld } from "./import-world.ts";

const FEED = `<?xml version="1.0" encoding="utf-8"?>
<propertyList date="2026-05-02-09:00:00"><residential modTime="2026-05-02-09:00:00" status="sold">
<agentID>ABCDEF</agentID><uniqueID>P-1</uniqueID><authority value="auction"/>
<listingAgent id="1"><name>Jane Citizen</name><telephone type="mobile">0400 000 001</telephone></listingAgent>
<address display="yes"><subNumber>5</subNumber><streetNumber>12</streetNumber><street>Pine Street</street><suburb>MANLY</suburb><state>nsw</state><postcode>2095</postcode></address>
<category name="Apartment"/><features><bedrooms>2</bedrooms><garages>1</garages><carports>yes</carports></features>
<landDetails><area unit="squareMeter">88</area></landDetails>
<soldDetails><soldPrice display="no">2460000</soldPrice><soldDate>2026-05-01</soldDate></soldDetails>
</residential></propertyList>`;

const elements = (change: (name: string) => string) =>
  FEED.replace(/<(\/?)([A-Za-z]+)/g, (_, slash: string, name: string) => `<${slash}${change(name)}`);
const VARIANTS: Readonly<Record<string, string>> = {
  "as the document type has it": FEED,
  "elements in capitals": elements((name) => name.toUpperCase()),
  "all in capitals": elements((name) => name.toUpperCase()).replace(
    /\s([A-Za-z]+)="(yes|no|sold)?/g,
    (_, name: string, value = "") => ` ${name.toUpperCase()}="${value.toUpperCase()}`,
  ),
  "small letters": elements((name) => name.toLowerCase()),
  "a namespace with a prefix": elements((name) => `rea:${name}`).replace(
    "<rea:propertyList",
    '<rea:propertyList xmlns:rea="http://reaxml.example/"',
  ),
  "a namespace without one": FEED.replace("<propertyList", '<propertyList xmlns="http://reaxml.example/"'),
};

const world = newImportWorld();

test.each(Object.keys(VARIANTS))("a feed is read with %s, and says the same", async (name) => {
  const code = await world.add("feed.xml", VARIANTS[name] ?? "");
  expect({ code, err: code === 0 ? [] : world.err }).toEqual({ code: 0, err: [] });
  const manly = world.manly();
  expect(manly?.sales).toMatchObject([
    {
      address: "5/12 Pine Street",
      category: "unit",
      beds: 2,
      cars: 2,
      land_sqm: 88,
      sold_date: "2026-05-01",
      price: 2_460_000,
      price_disclosed: false,
      method: "auction",
    },
  ]);
  expect(manly?.agents?.map((agent) => agent.name)).toEqual(["Jane Citizen"]);
});
