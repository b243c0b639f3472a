import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import ip from "ipaddr.js";
import type { Failure } from "../../src/failure.ts";
import { type AddressPolicy, createAddressGuard, isPublic } from "../../src/outbound/address.ts";

function verdict(address: string, policy: Partial<AddressPolicy> = {}): string {
  try {
    createAddressGuard({ allowHosts: [], allowHttp: false, ...policy }).check(address);
    return "allowed";
  } catch (error) {
    return (error as Failure).code;
  }
}

describe("an address that a caller gives", () => {
  test.each([
    "https://hooks.example.com/x?y=1",
    "https://hooks.example.com:8443/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
  ])("may be %s", (address) => {
    expect(verdict(address)).toBe("allowed");
  });

  test.each([
    "http://hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "hooks.example.com",
    "https://",
    "https://user@hooks.example.com/",
    "https://user:word@hooks.example.com/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://ⓛⓞcalhost/",
    "https://api.localhost/",
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://0/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://017700000001/",
    "https://①②⑦.0.0.1/",
    "https://%31%32%37.0.0.1/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://100.100.100.200/",
    "https://192.0.0.192/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
  ])("may not be %s", (address) => {
    expect(verdict(address)).toBe("address_refused");
  });

  test("may be http where the operator allows it, and is restricted to public addresses all the same", () => {
    expect(verdict("http://hooks.example.com/", { allowHttp: true })).toBe("allowed");
    expect(verdict("http://10.0.0.1/", { allowHttp: true })).toBe("address_refused");
  });

  test.each([
    ["127.0.0.1:9000", "http://127.0.0.1:9000/", "http://127.0.0.1:9001/"],
    ["127.0.0.1", "http://127.0.0.1:1/", "http://127.0.0.2/"],
    ["10.0.0.0/8", "https://10.1.2.3/", "http://11.0.0.1/"],
    ["[fd00::1]:9000", "http://[fd00::1]:9000/", "http://[fd00::1]/"],
    ["fd00::/8", "http://[fd12::3]/", "http://[fe80::1]/"],
    ["hooks.internal", "http://HOOKS.internal./", "http://x.hooks.internal/"],
    ["*.internal", "http://a.b.internal:81/", "http://internal.example.com/"],
    ["localhost:443", "https://localhost/", "http://localhost/"],
  ])("may be one of the operator's own, as %s allows", (allowed, inside, outside) => {
    expect(verdict(inside, { allowHosts: [allowed] })).toBe("allowed");
    expect(verdict(outside, { allowHosts: [allowed] })).toBe("address_refused");
  });

  test("an allowed host that cannot be understood is refused when it is set", () => {
    expect(verdict("https://a.example/", { allowHosts: ["http://x/"] })).toBe("config");
    expect(verdict("https://a.example/", { allowHosts: [""] })).toBe("config");
  });

  test("no way to write an inner IPv4 address as IPv6 makes it public", () => {
    const inner = fc
      .constantFrom([127, 8], [10, 8], [169 * 2 ** 8 + 254, 16], [192 * 2 ** 8 + 168, 16])
      .chain(([prefix = 0, bits = 8]) => fc.nat(2 ** (32 - bits) - 1).map((rest) => prefix * 2 ** (32 - bits) + rest));
    fc.assert(
      fc.property(inner, fc.constantFrom("::", "::ffff:", "::ffff:0:", "64:ff9b::"), (address, prefix) => {
        const octets = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
        expect(isPublic(octets)).toBe(false);
        expect(isPublic(`${prefix}${octets}`)).toBe(false);
        expect(isPublic(ip.parse(`${prefix}${octets}`).toString())).toBe(false);
      }),
    );
  });
});

describe("an address of the machine itself", () => {
  const machine = {
    addresses: () => ["8.8.4.4", "2001:4860::1"],
    publicHost: "reports.example.com",
    port: () => 8_080,
  };
  const guard = (allowHosts: readonly string[]) => createAddressGuard({ allowHosts, allowHttp: true, machine });

  test("is refused though it is public, unless a rule names it; its own port always is", () => {
    for (const address of ["https://8.8.4.4/", "https://[2001:4860::1]/", "https://reports.example.com/"])
      expect(() => guard([]).check(address)).toThrow(/the operator can allow it/);
    expect(guard([]).check("https://8.8.8.8/").hostname).toBe("8.8.8.8");
    const named = guard(["8.8.4.4", "127.0.0.1"]);
    expect(named.check("http://8.8.4.4:9000/").port).toBe("9000");
    for (const address of ["http://8.8.4.4:8080/", "http://127.0.0.1:8080/", "http://[::ffff:8.8.4.4]:8080/"])
      expect(() => named.check(address)).toThrow();
  });

  test("is one a name may lead to only at each connection: what the name is looked up to counts then", () => {
    const url = guard([]).check("https://hooks.example.com:8080/");
    for (const address of ["8.8.4.4", "2001:4860::1", "127.0.0.1", "::ffff:8.8.4.4"])
      expect([address, guard([]).mayConnect(url, address)]).toEqual([address, false]);
    expect(guard([]).mayConnect(url, "8.8.8.8")).toBe(true);
    // A rule for the name opens what it leads to, but never the service's own port.
    const named = guard(["hooks.example.com"]);
    expect(named.mayConnect(url, "127.0.0.1")).toBe(false);
    expect(named.mayConnect(named.check("https://hooks.example.com/"), "127.0.0.1")).toBe(true);
  });
});
