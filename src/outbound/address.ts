import ip from "ipaddr.js";
import { Failure } from "../failure.ts";

/** Which addresses outside may be reached; what the operator allows beyond public https. */
export interface AddressPolicy {
  /**
   * The operator's own hosts: a name ("hooks.internal"), a name and all below it ("*.internal"), an address or a range
   * ("10.0.0.0/8"), each with a port or without ("127.0.0.1:9000"). These may be private, and be asked over http.
   */
  readonly allowHosts: readonly string[];
  /** Plain http to public hosts, too. */
  readonly allowHttp: boolean;
}

export interface AddressGuard {
  /**
   * What can be said of an address before its name is looked up. Answers it parsed, in the one spelling there is.
   * @throws Failure "address_refused" (permanent) that says why.
   */
  check(address: string): URL;
  /** Whether a connection may be made there for this checked URL; a name has to be asked about each time it is looked up. */
  mayConnect(url: URL, address: string): boolean;
}

/** Azure answers metadata and credentials there, in the middle of the public addresses. */
const METADATA = new Set(["168.63.129.16"]);
/** All of today's public IPv6: what lies outside translates to IPv4, is local, or is given to nobody. */
const GLOBAL_IPV6 = ip.parseCIDR("2000::/3");

interface Rule {
  readonly port: string | null;
  covers(host: string): boolean;
}

/** @throws Failure "config" for a host that cannot be understood. */
export function createAddressGuard({ allowHosts, allowHttp }: AddressPolicy): AddressGuard {
  const rules = allowHosts.map(parseRule);
  const allowed = (url: URL, host: string) =>
    rules.some(({ port, covers }) => (port === null || port === portOf(url)) && covers(host));

  function mayConnect(url: URL, address: string): boolean {
    return isPublic(address) || allowed(url, hostOf(url)) || allowed(url, address);
  }

  return {
    mayConnect,

    check(address) {
      const url = URL.canParse(address) ? new URL(address) : null;
      if (url === null) throw refused(address, "is no address");
      if (url.protocol !== "https:" && url.protocol !== "http:") throw refused(address, "is neither https nor http");
      if (url.username !== "" || url.password !== "") throw refused(address, "has a user name or password in it");
      url.hash = "";
      const host = hostOf(url);
      if (ip.isValid(host) && !mayConnect(url, host))
        throw refused(address, "is not a public address; the operator can allow it with AGENTLINK_ALLOW_HOSTS");
      if (isLocalName(host) && !allowed(url, host))
        throw refused(address, "is a name of this machine; the operator can allow it with AGENTLINK_ALLOW_HOSTS");
      if (url.protocol === "http:" && !allowHttp && !allowed(url, host))
        throw refused(address, "is not https; the operator can allow the host with AGENTLINK_ALLOW_HOSTS");
      return url;
    },
  };
}

/** The host of a URL as a name or an address: without brackets and the dot that ends a full name. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.+$/, "");
}

/** An address anybody on the internet can be reached at. IPv4 that is written as IPv6 is held to what it really is: refused. */
export function isPublic(address: string): boolean {
  if (!ip.isValid(address) || METADATA.has(address)) return false;
  const parsed = ip.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_IPV6);
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
  return { port, covers: parseHost(host.replace(/^\[|\]$|\.$/g, "").toLowerCase(), text) };
}

function parseHost(name: string, text: string): Rule["covers"] {
  if (ip.isValidCIDR(name)) {
    const [network, bits] = ip.parseCIDR(name);
    return (at) => ip.isValid(at) && ip.parse(at).kind() === network.kind() && ip.parse(at).match(network, bits);
  }
  if (ip.isValid(name)) {
    const wanted = ip.parse(name).toNormalizedString();
    return (at) => ip.isValid(at) && ip.parse(at).toNormalizedString() === wanted;
  }
  if (/^\*\.[\w.-]+$/.test(name)) return (at) => at === name.slice(2) || at.endsWith(name.slice(1));
  if (/^[\w.-]+$/.test(name)) return (at) => at === name;
  throw new Failure(
    "config",
    `${JSON.stringify(text)} is no host, such as hooks.internal, *.internal, 10.0.0.0/8 or 127.0.0.1:9000`,
  );
}
