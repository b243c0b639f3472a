import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Failure } from "../../src/failure.ts";
import { createOutbound, type OutboundRequest } from "../../src/outbound/outbound.ts";
import { withPrograms } from "../programs.ts";

const GET: OutboundRequest = { method: "GET", headers: {}, timeoutMs: 5_000, maxBytes: 10_000, redirects: 3 };
const inside = { allowHosts: ["127.0.0.1"], allowHttp: true };
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => Promise.reject(new Error("it did not fail")),
    (error) => error,
  );

/** A server that records its requests. */
function serve(response: (request: Request) => Response | Promise<Response>, hostname = "127.0.0.1", port = 0) {
  const requested: { readonly headers: Headers }[] = [];
  const server = Bun.serve({
    hostname,
    port,
    fetch: (request) => {
      // Once it has its response, its headers are gone.
      requested.push({ headers: new Headers(request.headers) });
      return response(request);
    },
  });
  return { requested, port: server.port, [Symbol.asyncDispose]: () => server.stop(true) };
}

/** A server below HTTP: it writes this and then does what the test requires. */
function speak(text: string, then: "end" | "stall" | "reset") {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        socket.write(text);
        if (then === "end") socket.end();
        if (then === "reset") socket.terminate();
      },
    },
  });
  return { port: server.port, [Symbol.dispose]: () => server.stop(true) };
}

describe("a name", () => {
  test("is looked up once, and the connection goes to what was checked, whatever it resolves to next", async () => {
    await using checked = serve(() => new Response("checked"));
    await using other = serve(() => new Response("inside"), "127.0.0.2", checked.port);
    const responses = [["127.0.0.1"], ["127.0.0.2"]];
    const names: string[] = [];
    const resolve = async (name: string) => {
      names.push(name);
      return responses.shift() ?? [];
    };
    const outbound = createOutbound({ ...inside, resolve });
    const address = `http://rebinding.example.com:${checked.port}/hook`;
    expect((await outbound.request(address, GET)).body).toBe("checked");
    expect(names).toEqual(["rebinding.example.com"]);
    expect(checked.requested[0]?.headers.get("host")).toBe(`rebinding.example.com:${checked.port}`);

    const failure = await failureOf(outbound.request(address, GET));
    expect(failure).toMatchObject({ code: "address_refused", transient: false });
    expect(failure.message).toContain("127.0.0.2");
    expect(other.requested).toEqual([]);
  });

  test("that resolves to an inside address among others is not trusted at all", async () => {
    const outbound = createOutbound({
      allowHosts: [],
      allowHttp: true,
      resolve: async () => ["93.184.215.14", "::ffff:10.0.0.1"],
    });
    expect((await failureOf(outbound.request("http://a.example.com/", GET))).code).toBe("address_refused");
  });

  test("of the operator's own may lead inside", async () => {
    await using server = serve(() => new Response("ours"));
    const outbound = createOutbound({
      allowHosts: ["hooks.internal"],
      allowHttp: false,
      resolve: async () => ["127.0.0.1"],
    });
    expect((await outbound.request(`http://hooks.internal:${server.port}/`, GET)).body).toBe("ours");
  });

  test("that is unknown may be known later", async () => {
    const resolve = () => Promise.reject(new Error("ENOTFOUND"));
    const outbound = createOutbound({ ...inside, resolve });
    expect(await failureOf(outbound.request("http://gone.example.com/", GET))).toMatchObject({
      code: "host_unknown",
      transient: true,
    });
  });

  test("whose first address is dead is reached at its next", async () => {
    await using server = serve(() => new Response("alive"));
    const outbound = createOutbound({
      allowHosts: ["127.0.0.0/8"],
      allowHttp: true,
      resolve: async () => ["127.0.0.9", "127.0.0.1"],
    });
    expect((await outbound.request(`http://a.example.com:${server.port}/`, GET)).body).toBe("alive");
  });

  withPrograms("openssl")(
    "is what the certificate must be for, though the connection is made to an address",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "agentlink-tls-"));
      const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
      const made = Bun.spawnSync([
        ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
        ...["-subj", "/CN=hooks.test", "-addext", "subjectAltName=DNS:hooks.test", "-keyout", key, "-out", cert],
      ]);
      expect(made.exitCode).toBe(0);
      const server = Bun.serve({
        hostname: "127.0.0.1",
        port: 0,
        tls: { key: Bun.file(key), cert: Bun.file(cert) },
        fetch: () => new Response("secret"),
      });
      try {
        const options = { allowHosts: ["127.0.0.1"], allowHttp: false, resolve: async () => ["127.0.0.1"] };
        const trusting = createOutbound({ ...options, trust: await Bun.file(cert).text() });
        expect((await trusting.request(`https://hooks.test:${server.port}/`, GET)).body).toBe("secret");
        const wrongName = await failureOf(trusting.request(`https://other.test:${server.port}/`, GET));
        expect(wrongName).toMatchObject({
          code: "unreachable",
          message: expect.stringMatching(
            /^the certificate of other\.test:\d+ is refused \(ERR_TLS_CERT_ALTNAME_INVALID\):/,
          ),
        });
        const doubtful = createOutbound(options);
        const untrusted = await failureOf(doubtful.request(`https://hooks.test:${server.port}/`, GET));
        expect(untrusted).toMatchObject({
          code: "unreachable",
          message: expect.stringMatching(/^the certificate of hooks\.test:\d+ is refused \(\w*SELF_SIGNED\w*\):/),
        });
      } finally {
        await server.stop(true);
        await rm(folder, { recursive: true });
      }
    },
  );
});

describe("a redirect", () => {
  const outbound = createOutbound({ ...inside, resolve: async () => ["127.0.0.1"] });

  test("is followed, and headers go no further than the host they are for", async () => {
    await using far = serve(() => new Response("there"));
    await using near = serve(({ url }) =>
      Response.redirect(url.endsWith("/a") ? "/b" : `http://127.0.0.1:${far.port}/c`, 302),
    );
    const reply = await outbound.request(`http://127.0.0.1:${near.port}/a`, { ...GET, headers: { "X-Key": "k" } });
    expect(reply.body).toBe("there");
    expect(near.requested.map(({ headers }) => headers.get("x-key"))).toEqual(["k", "k"]);
    expect(far.requested.map(({ headers }) => headers.get("x-key"))).toEqual([null]);
  });

  test.each([
    "http://127.0.0.2:1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://2130706434/",
    "file:///etc/passwd",
    "http://user:word@127.0.0.1/",
    "http://",
  ])("to %s is refused", async (location) => {
    await using server = serve(() => new Response(null, { status: 302, headers: { Location: location } }));
    const failure = await failureOf(outbound.request(`http://127.0.0.1:${server.port}/`, GET));
    expect(failure).toMatchObject({ code: "address_refused", transient: false });
  });

  test("that goes in a circle is followed three times", async () => {
    await using server = serve(() => Response.redirect("/again", 307));
    const failure = await failureOf(outbound.request(`http://127.0.0.1:${server.port}/`, GET));
    expect(failure.code).toBe("too_many_redirects");
    expect(server.requested).toHaveLength(4);
  });

  test("is returned as it is where none is requested", async () => {
    await using server = serve(() => Response.redirect("/again", 308));
    const result = await outbound.request(`http://127.0.0.1:${server.port}/`, { ...GET, redirects: 0 });
    expect(result.status).toBe(308);
    expect(server.requested).toHaveLength(1);
  });
});

describe("a response", () => {
  const outbound = createOutbound(inside);
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(8_192).fill(97)),
      }),
    );

  test("without an end is given up at the limit, or returned up to it", async () => {
    await using server = serve(endless);
    const address = `http://127.0.0.1:${server.port}/`;
    expect((await failureOf(outbound.request(address, GET))).code).toBe("too_large");
    expect((await outbound.request(address, { ...GET, cut: true })).body).toHaveLength(10_000);
  });

  test("is counted as it is unpacked", async () => {
    const packed = Bun.gzipSync(new Uint8Array(1_000_000));
    await using server = serve(() => new Response(packed, { headers: { "Content-Encoding": "gzip" } }));
    expect(packed.length).toBeLessThan(10_000);
    expect((await failureOf(outbound.request(`http://127.0.0.1:${server.port}/`, GET))).code).toBe("too_large");
  });

  test.each([
    ["never comes", ""],
    ["stalls in its headers", "HTTP/1.1 200 OK\r\nContent-"],
    ["stalls in its body", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
  ])("that %s is not waited for", async (_, text) => {
    using server = speak(text, "stall");
    const failure = await failureOf(outbound.request(`http://127.0.0.1:${server.port}/`, { ...GET, timeoutMs: 150 }));
    expect(failure).toMatchObject({ code: "too_slow", transient: true });
  });

  test("that breaks off is not taken for a whole one", async () => {
    using server = speak("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "end");
    const address = `http://127.0.0.1:${server.port}/`;
    expect(await failureOf(outbound.request(address, GET))).toMatchObject({ code: "broken_off", transient: true });
    expect(await outbound.request(address, { ...GET, cut: true })).toMatchObject({ status: 200 });
  });

  test.each([
    ["not HTTP", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["not packed as it says", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf"],
    ["of a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhalf"],
    ["in chunks that are none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf"],
    ["an upgrade without a request for one", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"],
    ["nothing but headers, megabytes of them", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(2_000_000)}\r\n\r\n`],
  ])("that is %s is not said to be no response", async (_, text) => {
    using server = speak(text, "end");
    expect(await failureOf(outbound.request(`http://127.0.0.1:${server.port}/`, GET))).toMatchObject({
      code: "unreachable",
      transient: true,
      message: expect.stringMatching(/^127\.0\.0\.1:\d+ sent a response that cannot be read \(\w+\)$/),
    });
  });

  test("of a server that resets, or is not there, may come later", async () => {
    let port: number;
    {
      using server = speak("", "reset");
      port = server.port;
      expect(await failureOf(outbound.request(`http://127.0.0.1:${port}/`, GET))).toMatchObject({ transient: true });
    }
    expect(await failureOf(outbound.request(`http://127.0.0.1:${port}/`, GET))).toMatchObject({
      code: "unreachable",
      transient: true,
    });
  });
});
