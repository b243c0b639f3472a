import ip from "ipaddr.js";
import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

/** Which addresses outside may be reached; what the operator allows beyond public https. */
export interface AddressPolicy {
  /**
   * The operator's own hosts: a name ("hooks.internal"), a name and all below it ("*.internal"), an address or a range
   * ("10.0.0.0/8"), each with a port or without ("127.0.0.1:9000"). These may be private, and be called over http.
   */
  readonly allowHosts: readonly string[];
  /** Plain http to public hosts, too. */
  readonly allowHttp: boolean;
  /** The setting that allows a host, for the message where one is refused. */
  readonly variable?: string;
  /** The machine this runs on, for addresses that others choose: it is theirs only where a rule names it. */
  readonly machine?: OwnAddresses;
}

/** What of this machine can be called. */
export interface OwnAddresses {
  /** The addresses of all its interfaces, as they are now. */
  addresses(): readonly string[];
  /** The name it is reached by, with the port where it is not the usual one ("reports.example.com"); null for none. */
  readonly publicHost: string | null;
  /** Where the service itself listens: never reached from within, whatever is allowed. Null before it does. */
  port(): number | null;
}

export interface AddressGuard {
  /**
   * Checks an address before its name is looked up. Returns it parsed, in the one spelling there is.
   * @throws Failure "address_refused" (permanent) that states why.
   */
  check(address: string): URL;
  /** Whether a connection may be made there for this checked URL; a name has to be checked at each lookup. */
  mayConnect(url: URL, address: string): boolean;
}

/** Azure serves metadata and credentials there, in the middle of the public addresses. */
const METADATA = new Set(["168.63.129.16"]);
/** All of today's public IPv6: what lies outside translates to IPv4, is local, or is unassigned. */
const GLOBAL_IPV6 = ip.parseCIDR("2000::/3");

interface Rule {
  readonly port: string | null;
  covers(host: string): boolean;
}

/** @throws Failure "config" for a host that cannot be understood. */
export function createAddressGuard(policy: AddressPolicy): AddressGuard {
  const { allowHosts, allowHttp, variable = "AGENTLINK_ALLOW_HOSTS", machine } = policy;
  const rules = allowHosts.map(parseRule);
  const allowed = (url: URL, host: string) =>
    rules.some(({ port, covers }) => (port === null || port === portOf(url)) && covers(host));

  function mayConnect(url: URL, address: string): boolean {
    const own = machine !== undefined && isOwn(machine, address);
    if (own && Number(portOf(url)) === machine.port()) return false;
    return (isPublic(address) && !own) || allowed(url, hostOf(url)) || allowed(url, address);
  }

  return {
    mayConnect,

    check(address) {
      const url = URL.canParse(address) ? new URL(address) : null;
      if (url === null) throw refused(address, "is not a URL");
      if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(address, messages.notHttp);
      if (url.username !== "" || url.password !== "") throw refused(address, messages.hasCredentials);
      url.hash = "";
      const host = hostOf(url);
      const itself = machine !== undefined && isOwnName(machine, url, host);
      if (ip.isValid(host) && !mayConnect(url, host)) throw refused(address, messages.notPublic(variable));
      if ((itself || isLocalName(host)) && !allowed(url, host)) throw refused(address, messages.ownName(variable));
      if (url.protocol === "http:" && !allowHttp && !allowed(url, host))
        throw refused(address, messages.notHttps(variable));
      return url;
    },
  };
}

/** The host of a URL as a name or an address: without brackets and the dot that ends a full name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");
}

/** An address that is reachable on the internet. IPv4 written as IPv6 counts as the IPv4 address that it is: refused. */
export function isPublic(address: string): boolean {
  if (!ip.isValid(address) || METADATA.has(address)) return false;
  const parsed = ip.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_IPV6);
}

/** Every address that leads to this machine: of its interfaces, and those that mean "here" or "any". */
function isOwn(machine: OwnAddresses, address: string): boolean {
  if (!ip.isValid(address)) return false;
  const parsed = ip.process(address);
  if (["loopback", "unspecified"].includes(parsed.range())) return true;
  const spelt = parsed.toNormalizedString();
  return machine.addresses().some((each) => ip.isValid(each) && ip.process(each).toNormalizedString() === spelt);
}

/** The name the service is reached by: what is sent there would return to the service itself. */
function isOwnName({ publicHost }: OwnAddresses, url: URL, host: string): boolean {
  return publicHost !== null && (url.host === publicHost || host === publicHost);
}

function isLocalName(host: string): boolean {
  return host === "" || /(^|\.)localhost$/i.test(host);
}

function portOf(url: URL): string {
  return url.port || (url.protocol === "https:" ? "443" : "80");
}

function refused(address: string, why: string): Failure {
  // What follows the host may be a secret, and logs are read by many.
  const shown = URL.canParse(address) ? new URL(address).host : address.slice(0, 100);
  return new Failure("address_refused", `${JSON.stringify(shown)} ${why}`);
}

function parseRule(text: string): Rule {
  const bare = ip.isValid(text) || ip.isValidCIDR(text);
  const port = bare ? null : (/:(\d{1,5})$/.exec(text)?.[1] ?? null);
  const host = port === null ? text : text.slice(0, -port.length - 1);
  return { port, covers: parseHost(host.replace(/^\[|\]$|\.$/g, "").toLowerCase()) };
}

function parseHost(name: string): Rule["covers"] {
  if (ip.isValidCIDR(name)) {
    const [network, bits] = ip.parseCIDR(name);
    return (at) => ip.isValid(at) && ip.parse(at).kind() === network.kind() && ip.parse(at).match(network, bits);
  }
  if (ip.isValid(name)) {
    const expected = ip.parse(name).toNormalizedString();
    return (at) => ip.isValid(at) && ip.parse(at).toNormalizedString() === expected;
  }
  if (/^\*\.[\w.-]+$/.test(name)) return (at) => at === name.slice(2) || at.endsWith(name.slice(1));
  if (/^[\w.-]+$/.test(name)) return (at) => at === name;
  throw new Failure("config", messages.notHost);
}
