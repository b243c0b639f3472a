import { Type as t } from "@sinclair/typebox";
import type { Category } from "../data-set.ts";
import { foldWord } from "../input/form.ts";
import { listWords } from "../wording.ts";

/** The property types of Domain's API, each with the word for several of them. */
const DOMAIN_TYPES = {
  AcreageSemiRural: "acreages",
  ApartmentUnitFlat: "apartments and units",
  Aquaculture: "aquaculture farms",
  BlockOfUnits: "blocks of units",
  CarSpace: "car spaces",
  Cropping: "cropping farms",
  DairyFarming: "dairy farms",
  DevelopmentSite: "development sites",
  Duplex: "duplexes",
  Equine: "equine properties",
  Farm: "farms",
  Farmlet: "farmlets",
  FishingForestry: "fishing and forestry properties",
  Grazing: "grazing properties",
  Horticulture: "horticulture properties",
  House: "houses",
  IrrigationServices: "irrigation services",
  Livestock: "livestock farms",
  MixedFarming: "mixed farms",
  NewApartments: "new apartments",
  NewHomeDesigns: "new home designs",
  NewHouseLand: "house and land packages",
  NewLand: "new land",
  Orchard: "orchards",
  Penthouse: "penthouses",
  RetirementVillage: "retirement villages",
  Rural: "rural properties",
  RuralLifestyle: "rural lifestyle properties",
  SemiDetached: "semi-detached houses",
  SpecialistFarm: "specialist farms",
  Studio: "studios",
  Terrace: "terraces",
  Townhouse: "townhouses",
  VacantLand: "vacant land",
  Villa: "villas",
  Viticulture: "vineyards",
} as const;

export type DomainType = keyof typeof DOMAIN_TYPES;
export const DOMAIN_TYPE_NAMES = Object.keys(DOMAIN_TYPES) as readonly DomainType[];

const FLATS: readonly DomainType[] = ["ApartmentUnitFlat", "NewApartments", "Penthouse", "Studio"];

/** Plain words beside Domain's: what each stands for, the usual kind first. "House" is a word of both. */
const PLAIN_WORDS = {
  Acreage: { many: "acreages", types: ["AcreageSemiRural"] },
  Apartment: { many: "apartments", types: FLATS },
  Flat: { many: "flats", types: FLATS },
  Land: { many: "land", types: ["VacantLand", "NewLand"] },
  Semi: { many: "semi-detached houses", types: ["SemiDetached"] },
  Unit: { many: "units", types: FLATS },
} as const satisfies Record<string, { readonly many: string; readonly types: readonly DomainType[] }>;

type PlainWord = keyof typeof PLAIN_WORDS;

export type PropertyType = DomainType | PlainWord;

const isPlainWord = (type: PropertyType): type is PlainWord => type in PLAIN_WORDS;

/** Every word for a property type that a request may use, in order. */
export const PROPERTY_TYPES = [...Object.keys(DOMAIN_TYPES), ...Object.keys(PLAIN_WORDS)].sort() as PropertyType[];

export const PropertyTypeWord = t.Union(
  PROPERTY_TYPES.map((word) => t.Literal(word)),
  { description: "Property type of Domain, or a plain word, in any case and spacing; one or several" },
);

/** The types that a request's words stand for. */
export function typesOf(words: readonly PropertyType[]): ReadonlySet<DomainType> {
  return new Set(words.flatMap((word) => (isPlainWord(word) ? PLAIN_WORDS[word].types : [word])));
}

/** "houses, townhouses and units". */
export function describeTypes(words: readonly PropertyType[]): string {
  return listWords(words.map((word) => (isPlainWord(word) ? PLAIN_WORDS[word].many : DOMAIN_TYPES[word])));
}

/** Other words of feeds and exports for a type. */
const OTHER_WORDS: Readonly<Record<string, DomainType>> = {
  duplexsemidetached: "SemiDetached",
  townhome: "Townhouse",
  servicedapartment: "ApartmentUnitFlat",
  strataunit: "ApartmentUnitFlat",
  terracehouse: "Terrace",
};

const bySpelling = new Map(PROPERTY_TYPES.map((word) => [foldWord(word), word]));

/** The one type that a record's own word names; null for an unknown word, or none. */
export function readRecordType(word: string | null | undefined): DomainType | null {
  if (!word) return null;
  const folded = foldWord(word);
  const known = bySpelling.get(folded);
  if (known === undefined) return OTHER_WORDS[folded] ?? null;
  return isPlainWord(known) ? PLAIN_WORDS[known].types[0] : known;
}

/** What a record of a category is where nothing more precise is known, and what else it could be. */
const BY_CATEGORY: Readonly<
  Record<Category, { readonly usual: DomainType | null; readonly possible: ReadonlySet<DomainType> }>
> = {
  house: {
    usual: "House",
    possible: new Set<DomainType>([
      ...(["House", "Terrace", "SemiDetached", "Duplex", "Villa", "Townhouse"] as const),
      ...(["AcreageSemiRural", "NewHouseLand", "NewHomeDesigns", "RetirementVillage"] as const),
    ]),
  },
  // Some sources count townhouses and villas here.
  unit: {
    usual: "ApartmentUnitFlat",
    possible: new Set<DomainType>([...FLATS, "BlockOfUnits", "Townhouse", "Villa", "RetirementVillage"]),
  },
  land: { usual: "VacantLand", possible: new Set<DomainType>(["VacantLand", "NewLand", "DevelopmentSite"]) },
  other: { usual: null, possible: new Set(Object.keys(DOMAIN_TYPES) as DomainType[]) },
};

/** Whether a record is of one of the types; "unknown" where it is only known to be possible. */
export function isOfType(
  types: ReadonlySet<DomainType>,
  { category, property_type }: { readonly category: Category; readonly property_type?: string | null },
): boolean | "unknown" {
  const own = readRecordType(property_type);
  if (own !== null) return types.has(own);
  const { usual, possible } = BY_CATEGORY[category];
  if (usual !== null && types.has(usual)) return true;
  return [...types].some((type) => possible.has(type)) ? "unknown" : false;
}
