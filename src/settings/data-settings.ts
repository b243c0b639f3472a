import type { Config } from "./config.ts";
import {
  absoluteUrl,
  duration,
  headers,
  integer,
  oneOf,
  optional,
  path,
  printable,
  type Setting,
  serviceUrl,
  setting,
  sourceUrl,
  yesNo,
} from "./setting.ts";

type Settings = { readonly [K in keyof Config]?: Setting<Config[K]> };

/** Data. */
export const DATA = {
  inbox: setting(
    "INBOX",
    "folder",
    "",
    "Folder that is watched for files to import: REAXML from a CRM, or any table; if empty, no folder.",
    (text) => (text === "" ? "" : path(text)),
  ),
  sourceUrl: setting(
    "SOURCE_URL",
    "url",
    "",
    "Your data service, used before the catalogue, such as https://data.example.com/{state}/{suburb}.",
    optional(sourceUrl),
    true,
  ),
  sourceHeaders: setting(
    "SOURCE_HEADERS",
    "json",
    "",
    'Headers sent to that service, such as {"Authorization":"Bearer …"}.',
    (text) => (text === "" ? {} : headers(text)),
    true,
  ),
  sourceCacheMs: setting(
    "SOURCE_CACHE",
    "duration",
    "1h",
    "How long a response of the source is reused before it is requested again (with its ETag); 0s requests it for each job.",
    duration(0),
  ),
  domainKey: setting(
    "DOMAIN_KEY",
    "key",
    "",
    "Key of Domain's API (developer.domain.com.au), so that reports use Domain's data. See docs/domain.md.",
    printable,
    true,
  ),
  domainClientId: setting(
    "DOMAIN_CLIENT_ID",
    "id",
    "",
    "OAuth 2 client id for Domain's API, if you have OAuth 2 credentials instead of a key.",
    printable,
  ),
  domainClientSecret: setting(
    "DOMAIN_CLIENT_SECRET",
    "secret",
    "",
    "OAuth 2 client secret for Domain's API.",
    printable,
    true,
  ),
  domainUrl: setting(
    "DOMAIN_URL",
    "url",
    "https://api.domain.com.au",
    "Address of Domain's API, to use its sandbox or your own proxy; a proxy may be on this machine and without https.",
    serviceUrl,
  ),
  domainTownhouses: setting(
    "DOMAIN_TOWNHOUSES",
    "house|unit",
    "house",
    "Whether Domain's townhouses and villas count as houses or units in reports.",
    oneOf("house", "unit"),
  ),
  partnersUrl: setting(
    "PARTNERS_URL",
    "url",
    "",
    "Address of the service that returns the paying partners of a suburb, with the requests of the old service: POST {suburb, state} and {agent_name, suburb, state}.",
    optional(absoluteUrl),
    true,
  ),
} satisfies Settings;

/** Documents. */
export const DOCUMENTS = {
  edition: setting(
    "EDITION",
    "full|brief",
    "full",
    "Default edition of reports: full, or brief (one landscape page with the top five agents).",
    oneOf("full", "brief"),
  ),
  printEmails: setting("PRINT_EMAILS", "yes|no", "no", "Print agents' e-mail addresses in reports.", yesNo),
  discountShare: setting(
    "DISCOUNT_SHARE",
    "percent",
    "20",
    "Percentage of the commission (lowest price of the band × lowest rate) that a featured partner's discount is calculated from.",
    integer(0, 100),
  ),
  discountPart: setting(
    "DISCOUNT_PART",
    "percent",
    "25",
    "Percentage of that amount that is the discount.",
    integer(0, 100),
  ),
  discountStep: setting(
    "DISCOUNT_STEP",
    "dollars",
    "250",
    "Dollar step to which the discount is rounded.",
    integer(1, 1_000_000),
  ),
  discountMin: setting("DISCOUNT_MIN", "dollars", "500", "Minimum discount.", integer(0, 10_000_000)),
  discountMax: setting("DISCOUNT_MAX", "dollars", "10000", "Maximum discount.", integer(0, 10_000_000)),
  completeFront: setting(
    "COMPLETE_FRONT",
    "file",
    "",
    "Your own PDF for the front of a job's complete document.",
    optional(path),
  ),
  completeBack: setting(
    "COMPLETE_BACK",
    "file",
    "",
    "Your own PDF for the end of the complete document.",
    optional(path),
  ),
} satisfies Settings;
