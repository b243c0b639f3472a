/** A real suburb with invented numbers: typical prices and rents of 2026, sales a year, the share of units. */
export interface SampleSuburb {
  readonly code: string;
  readonly name: string;
  readonly postcode: string;
  readonly salesAYear: number;
  readonly unitShare: number;
  readonly house: number;
  readonly unit: number;
  readonly houseRent: number;
  readonly unitRent: number;
}

export const SUBURBS: readonly SampleSuburb[] = [
  {
    code: "manly",
    name: "Manly",
    postcode: "2095",
    salesAYear: 330,
    unitShare: 0.72,
    house: 4_050_000,
    unit: 1_620_000,
    houseRent: 1_850,
    unitRent: 950,
  },
  {
    code: "fairlight",
    name: "Fairlight",
    postcode: "2094",
    salesAYear: 120,
    unitShare: 0.6,
    house: 3_650_000,
    unit: 1_430_000,
    houseRent: 1_700,
    unitRent: 880,
  },
  {
    code: "balgowlah",
    name: "Balgowlah",
    postcode: "2093",
    salesAYear: 140,
    unitShare: 0.38,
    house: 3_250_000,
    unit: 1_260_000,
    houseRent: 1_600,
    unitRent: 840,
  },
  {
    code: "freshwater",
    name: "Freshwater",
    postcode: "2096",
    salesAYear: 150,
    unitShare: 0.5,
    house: 3_450_000,
    unit: 1_310_000,
    houseRent: 1_650,
    unitRent: 860,
  },
  {
    code: "queenscliff",
    name: "Queenscliff",
    postcode: "2096",
    salesAYear: 75,
    unitShare: 0.74,
    house: 3_550_000,
    unit: 1_390_000,
    houseRent: 1_680,
    unitRent: 870,
  },
  {
    code: "manly-vale",
    name: "Manly Vale",
    postcode: "2093",
    salesAYear: 100,
    unitShare: 0.45,
    house: 2_650_000,
    unit: 1_080_000,
    houseRent: 1_400,
    unitRent: 780,
  },
];

/** None of these is a street of the suburbs above. */
export const STREETS: readonly string[] = [
  "Cormorant Lane",
  "Driftwood Street",
  "Sandstone Crescent",
  "Paperbark Parade",
  "Gannet Avenue",
  "Lighthouse Walk",
  "Saltbush Road",
  "Boardwalk Terrace",
  "Tern Street",
  "Periwinkle Place",
  "Old Slipway",
  "Kelp Street",
  "Rockpool Road",
  "Angophora Avenue",
  "Southerly Street",
  "Spinnaker Lane",
  "Cuttlefish Row",
  "Whitecap Crescent",
  "Cockle Court",
  "Bluebottle Street",
  "Mangrove Way",
  "Easterly Parade",
  "Sandpiper Street",
  "Tidewater Road",
  "Limpet Lane",
];

export interface SampleAgency {
  readonly id: string;
  readonly name: string;
  readonly brand: string | null;
  readonly colour: string | null;
  readonly principal: string;
  readonly phone: string;
  readonly address: string;
  /** Its weight among the agencies today, and how much it gains a year. */
  readonly strength: number;
  readonly drift: number;
  /** The suburb it is at home in. */
  readonly home: string;
}

type AgencyLine = readonly [
  name: string,
  brand: string | null,
  colour: string | null,
  principal: string,
  strength: number,
  drift: number,
  home: string,
];

const AGENCIES: readonly AgencyLine[] = [
  ["Harbour Lantern Realty", "Lantern", "#0b3c5d", "Margaret Aldous", 11, -0.6, "manly"],
  ["Norfolk & Pine Property", "Norfolk & Pine", "#1f6f50", "Theodora Finch", 9.5, 2.2, "manly"],
  ["Salt & Sandstone", null, "#c8702a", "Quentin Marsh", 9, -1.2, "manly"],
  ["O'Brien & Søns Realty", "O'Brien & Søns", "#7a1f2b", "Fionnuala O'Brien", 6.5, 0.4, "freshwater"],
  ["Wharf Eleven Property", "Wharf Eleven", "#24478f", "Desmond Achterberg", 6, 0.8, "manly"],
  ["Kestrel Lane Estates", null, "#5b4b8a", "Ines Carvalho", 5.5, -0.3, "balgowlah"],
  ["Tāwhiri Estate Agents", "Tāwhiri", "#00707a", "Wiremu Tāwhiri", 5, 0.9, "fairlight"],
  ["Nguyễn & Trần Property", null, "#b3273f", "Nguyễn Thị Ánh", 4.5, 0.6, "manly-vale"],
  ["陳氏地產 Chan Family Realty", "Chan Family", "#a8821b", "陳美玲 Mei-Ling Chan", 4, 0.3, "queenscliff"],
  ["Blue Gannet Real Estate", "Blue Gannet", "#1565a7", "Rupert Oyelaran", 4, -0.9, "freshwater"],
  ["Ferry & Field", null, "#4f7942", "Saoirse Lindqvist", 3.5, 0, "balgowlah"],
  ["Banksia Row Property", "Banksia Row", "#8c5a2b", "Hamish Iyer", 3, 0.2, "fairlight"],
  ["Little Penguin Realty", null, "#2f3e46", "Zofia Wójcik", 2.5, 0.5, "manly"],
  ["Tidewater & Daughters", "Tidewater", "#00838f", "Beatrix van der Meulen", 2, -0.2, "manly-vale"],
  [
    "The Very Long Established Northern Beaches Residential Property Company",
    null,
    null,
    "Archibald Featherstonehaugh",
    1.2,
    0,
    "balgowlah",
  ],
];

export interface SampleAgent {
  readonly id: string;
  readonly name: string;
  readonly agency: string;
  readonly title: string;
  readonly phone: string;
  readonly hidden: boolean;
  /** Its weight among the colleagues. */
  readonly strength: number;
}

/** Four for each agency, in its order. */
const AGENTS: readonly string[] = [
  "Margaret Aldous",
  "Jonah Whitlock",
  "Priya Raman",
  "Callum Deverell",
  "Theodora Finch",
  "Lachlan Ó Súilleabháin",
  "Amara Okonkwo",
  "Bridget Halloran",
  "Quentin Marsh",
  "Sunniva Bjørnstad",
  "Elio Marchetti",
  "Tamsin Greythorne",
  "Fionnuala O'Brien",
  "Søren O'Brien",
  "Nadia Kowalczyk",
  "Patrick D'Arcy",
  "Desmond Achterberg",
  "Yuki Tanabe",
  "Georgia Pappas",
  "Mitchell Burrage",
  "Ines Carvalho",
  "Oscar Lindgren",
  "Harriet Blackwood",
  "Rohan Mehta",
  "Wiremu Tāwhiri",
  "Mārama Ngāpō",
  "Aroha Pōtiki",
  "Ben Castellan",
  "Nguyễn Thị Ánh",
  "Trần Văn Đức",
  "Phạm Hoàng Yến",
  "Lê Minh Khôi",
  "陳美玲 Mei-Ling Chan",
  "陳志明 Chi-Ming Chan",
  "Winnie Kwok",
  "黃雅婷 Ya-Ting Huang",
  "Rupert Oyelaran",
  "Cecily Fairweather",
  "Dominic Agius",
  "Freya Lockhart",
  "Saoirse Lindqvist",
  "Angus Pemberton",
  "Lucinda Dalgleish",
  "Tomasz Zieliński",
  "Hamish Iyer",
  "Rosalind Achebe",
  "Marco di Benedetto",
  "Violet Summerhayes",
  "Zofia Wójcik",
  "Kirra Doolan",
  "Edmund Hargreave",
  "Leila Haddad",
  "Beatrix van der Meulen",
  "Annika van der Meulen",
  "Jasper Thistlewood",
  "Noor Al-Rashid",
  "Archibald Featherstonehaugh",
  "Wilhelmina Anastasia Konstantinopoulou-Featherstonehaugh de la Fontaine-Smythe",
  "Cormac Ballantyne",
  "Unlisted Person",
];

const TITLES = ["Principal", "Senior sales agent", "Sales agent", "Sales associate"];
const STRENGTHS = [5, 4, 2.5, 1.5];
/** Mobile numbers kept for fiction by the ACMA. */
const MOBILES = ["0491 570 006", "0491 570 110", "0491 570 156", "0491 570 157", "0491 570 158", "0491 570 159"];

const allAgencies: readonly SampleAgency[] = AGENCIES.map(
  ([name, brand, colour, principal, strength, drift, home], index) => ({
    id: `agency-${String(index + 1).padStart(2, "0")}`,
    name,
    brand,
    colour,
    principal,
    phone: `(02) 5550 ${String(1_000 + index * 137).padStart(4, "0")}`,
    address: officeOf(home, index),
    strength,
    drift,
    home,
  }),
);

function officeOf(home: string, index: number): string {
  const suburb = SUBURBS.find(({ code }) => code === home);
  return `${8 + index * 11} ${STREETS[(index * 4) % STREETS.length]}, ${suburb?.name} NSW ${suburb?.postcode}`;
}

const allAgents: readonly SampleAgent[] = AGENTS.map((name, index) => ({
  id: `agent-${String(index + 1).padStart(2, "0")}`,
  name,
  agency: allAgencies[Math.floor(index / 4)]?.id ?? "",
  title: TITLES[index % 4] ?? "",
  phone: MOBILES[index % MOBILES.length] ?? "",
  hidden: name === "Unlisted Person",
  strength: STRENGTHS[index % 4] ?? 1,
}));

export function agencies(): readonly SampleAgency[] {
  return allAgencies;
}

export function agents(): readonly SampleAgent[] {
  return allAgents;
}
