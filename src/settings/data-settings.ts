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
    "Folder that is watched for files to import: REAXML of a CRM, or any table; empty watches none.",
    (text) => (text === "" ? "" : path(text)),
  ),
  sourceUrl: setting(
    "SOURCE_URL",
    "url",
    "",
    "Service asked for data sets before the catalogue, such as https://data.example.com/{state}/{suburb}?postcode={postcode}.",
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
    "Key of Domain's API (developer.domain.com.au): reports are then made from its data. See docs/domain.md.",
    printable,
    true,
  ),
  domainClientId: setting(
    "DOMAIN_CLIENT_ID",
    "id",
    "",
    "Client of Domain's API, where you have OAuth 2 credentials and no key.",
    printable,
  ),
  domainClientSecret: setting("DOMAIN_CLIENT_SECRET", "secret", "", "Its secret.", printable, true),
  domainUrl: setting(
    "DOMAIN_URL",
    "url",
    "https://api.domain.com.au",
    "Address of Domain's API: its sandbox, or a proxy of yours, which may be on this machine and without https.",
    serviceUrl,
  ),
  domainTownhouses: setting(
    "DOMAIN_TOWNHOUSES",
    "house|unit",
    "house",
    "What townhouses and villas of Domain count as in reports.",
    oneOf("house", "unit"),
  ),
  partnersUrl: setting(
    "PARTNERS_URL",
    "url",
    "",
    "Address of the service that says which partners pay to be shown in a suburb, called as the old service called it: POST {suburb, state} and {agent_name, suburb, state}.",
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
    "Edition of reports whose request names none: full, or brief, one landscape page with the first five.",
    oneOf("full", "brief"),
  ),
  printEmails: setting("PRINT_EMAILS", "yes|no", "no", "Print agents' e-mail addresses in reports.", yesNo),
  discountShare: setting(
    "DISCOUNT_SHARE",
    "percent",
    "20",
    "Share of the commission (lowest price of the band × lowest rate) that a featured partner's discount is a part of.",
    integer(0, 100),
  ),
  discountPart: setting("DISCOUNT_PART", "percent", "25", "Part of that share which is the discount.", integer(0, 100)),
  discountStep: setting("DISCOUNT_STEP", "dollars", "250", "The discount is rounded to this.", integer(1, 1_000_000)),
  discountMin: setting("DISCOUNT_MIN", "dollars", "500", "The least that it is.", integer(0, 10_000_000)),
  discountMax: setting("DISCOUNT_MAX", "dollars", "10000", "The most that it is.", integer(0, 10_000_000)),
  completeFront: setting(
    "COMPLETE_FRONT",
    "file",
    "",
    "PDF of yours that a job's complete document begins with.",
    optional(path),
  ),
  completeBack: setting("COMPLETE_BACK", "file", "", "PDF of yours that it ends with.", optional(path)),
} satisfies Settings;
