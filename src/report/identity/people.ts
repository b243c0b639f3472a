// Which two agents are one person.

import { compareText } from "../../text/text.ts";
import { messages } from "../messages.ts";

/** The facts about an agent that decide whether two are the same. */
export interface Person {
  readonly id: string;
  readonly name: PersonName;
  /** Null where it belongs to no person. */
  readonly email: string | null;
  readonly mobile: string | null;
  readonly agencyId: string | null;
  /** Of the agency; "" if it has none that distinguishes it from others. */
  readonly franchise: string;
}

export type PersonReason = "e-mail" | "mobile" | typeof messages.sameNameInFranchise;

/** Boxes of an office, which many people read. */
const SHARED_BOX =
  /^(?:info|sales?|office|admin|reception|rentals?|leasing|contact|enquir(?:y|ies)|hello|mail|team|marketing|support|accounts?|property|pm|noreply|no-reply)\b/;
const TITLES = /^(?:mr|mrs|ms|miss|dr|prof|sir)\.?\s+/;
/** Short names that do not begin as the long ones do. */
const SHORT_NAMES: readonly (readonly string[])[] = [
  ...[
    ["william", "bill", "billy", "will"],
    ["robert", "bob", "rob", "bobby"],
    ["richard", "dick", "rick", "ricky"],
  ],
  ...[
    ["margaret", "peggy", "maggie", "meg"],
    ["elizabeth", "liz", "beth", "betty", "lisa"],
    ["james", "jim", "jimmy"],
  ],
  ...[
    ["john", "jack"],
    ["anthony", "tony"],
    ["edward", "ted", "ed", "eddie"],
    ["catherine", "katherine", "kate", "kathy", "cathy"],
  ],
  ...[
    ["michael", "mike", "mick"],
    ["charles", "chuck", "charlie"],
    ["henry", "harry"],
    ["theodore", "ted", "theo"],
  ],
  ...[
    ["andrew", "drew", "andy"],
    ["alexander", "sandy", "alex"],
    ["geoffrey", "jeff", "geoff"],
    ["stephen", "steven", "steve"],
  ],
];

/** Why two agents are one person; null where nothing shows it. */
export function samePerson(a: Person, b: Person): PersonReason | null {
  const [one, other] = [a.name, b.name];
  if (
    a.email !== null &&
    a.email === b.email &&
    (sameFirst(one, other) || sameLast(one, other)) &&
    namesAgree(one, other, true)
  )
    return "e-mail";
  const [mobile, otherMobile] = [a.mobile, b.mobile];
  if (mobile !== null && mobile === otherMobile && namesAgree(one, other, false)) return "mobile";
  // Two people of one name have two mobiles; one person of two branches has one.
  if (mobile !== null && otherMobile !== null && mobile !== otherMobile) return null;
  // So has one company: two boxes of its own are two people's.
  if (a.email !== null && b.email !== null && a.email !== b.email && domainOf(a.email) === domainOf(b.email))
    return null;
  const isOneName = one.first === other.first && one.last === other.last && one.last !== "";
  const isOneOffice = a.agencyId !== null && a.agencyId === b.agencyId;
  if (isOneName && !isOneOffice && a.franchise !== "" && a.franchise === b.franchise)
    return messages.sameNameInFranchise;
  return null;
}

/** What two agents that may be one have in common: only those that share one of these need to be compared. */
export function clues({ name: { first, last }, email, mobile, franchise }: Person): readonly string[] {
  return [
    ...(email === null ? [] : [`e ${email}`]),
    ...(mobile === null ? [] : [`m ${mobile}`]),
    ...(franchise === "" || last === "" ? [] : [`n ${first} ${last} ${franchise}`]),
  ];
}

export function emailKey(email: string | null): string | null {
  const key = email?.trim().toLowerCase() ?? "";
  return /^\S+@\S+\.\S+$/.test(key) && !SHARED_BOX.test(key) ? key : null;
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@"));
}

/** An Australian mobile as 04…; null for other numbers, which are an office's. */
export function mobileKey(phone: string | null): string | null {
  const digits = (phone ?? "").replace(/\D/g, "");
  const national = digits.replace(/^(?:0011|00)?61(?:0)?(?=4\d{8}$)/, "0");
  return /^04\d{8}$/.test(national) ? national : null;
}

/** As people are distinguished by it. */
export interface PersonName {
  readonly first: string;
  readonly last: string;
}

/** First and last name: no case, accents, titles, middle names and what is in brackets; "Roe, Sam" is Sam Roe. */
export function nameOf(name: string): PersonName {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/\([^)]*\)|\[[^\]]*\]|"[^"]*"/g, " ");
  const bare = plain
    .replace(/[|–].*$/, "")
    .replace(/\s-\s.*$/, "")
    .trim()
    .replace(TITLES, "");
  const [before = "", after] = bare.split(",");
  const isTurned = after !== undefined && /^[\s\p{L}'’-]+$/u.test(after) && before.trim().split(/\s+/).length === 1;
  const ordered = isTurned ? `${after} ${before}` : before;
  const words = ordered
    .replace(/[’'`.]/g, "")
    .split(/[^\p{L}\p{N}-]+/u)
    .filter(Boolean);
  if (words.length < 2) return { first: words[0] ?? "", last: "" };
  // "van der Meulen", "O Brien", "de la Cruz" belong to the last name.
  const start = words.findIndex(
    (word, at) => at > 0 && /^(?:van|von|de|da|di|del|della|der|den|le|la|mc|mac|st|al|bin)$/.test(word),
  );
  const last = start > 0 && start < words.length - 1 ? words.slice(start).join("") : (words.at(-1) ?? "");
  return { first: words[0] ?? "", last };
}

function namesAgree(a: PersonName, b: PersonName, isOwnBox: boolean): boolean {
  if (sameLast(a, b) && (sameFirst(a, b) || isInitial(a.first, b.first))) return true;
  // A name taken at marriage: the box is one person's, a mobile number may pass to another person.
  return isOwnBox && a.first === b.first && a.first.length > 1;
}

function sameLast(a: PersonName, b: PersonName): boolean {
  return a.last === b.last && a.last !== "";
}

function sameFirst({ first: a }: PersonName, { first: b }: PersonName): boolean {
  if (a === b) return a !== "";
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return (
    (short.length > 1 && long.startsWith(short)) || SHORT_NAMES.some((names) => names.includes(a) && names.includes(b))
  );
}

function isInitial(a: string, b: string): boolean {
  return (a.length === 1 || b.length === 1) && a[0] === b[0];
}

export function comparePeople(a: Person, b: Person): number {
  return compareText(a.id, b.id);
}
