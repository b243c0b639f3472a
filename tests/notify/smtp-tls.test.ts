import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { openChannels } from "../../src/notify/channels.ts";
import { createOutbound } from "../../src/outbound/outbound.ts";
import { run, temporaryFolder } from "../e2e/binary.ts";
import { startSmtp } from "../fakes/smtp.ts";
import { unless, withPrograms } from "../programs.ts";

const LOGIN = { user: "post", password: "geheim" };
const outbound = createOutbound({ allowHosts: [], allowHttp: false });
const mailTo = (smtpUrl: string) => {
  const [mail] = openChannels(
    { notifyMail: ["office@example.com"], notifyFrom: null, notifyWebhook: null, smtpUrl },
    outbound,
  );
  return mail?.send({ subject: "x", text: "x" });
};

function certificate(host: string) {
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = Bun.spawnSync([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`, "-keyout", key, "-out", cert],
  ]);
  if (!made.success) throw new Error(made.stderr.toString());
  return { file: cert, key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

withPrograms("openssl")(
  "a mail server with STARTTLS gets mail and password encrypted, once its certificate is trusted",
  async () => {
    const { file, ...tls } = certificate("localhost");
    await using server = await startSmtp(LOGIN, { host: "127.0.0.1", tls });
    const url = server.url.replace("127.0.0.1", "localhost");
    const test = (trusted: Record<string, string>) =>
      run(["notify", "test"], {
        env: { AGENTLINK_SMTP_URL: url, AGENTLINK_NOTIFY_MAIL: "office@example.com", ...trusted },
      });
    const refused = await test({});
    expect([refused.code === 0, refused.stdout + refused.stderr]).toEqual([
      false,
      expect.stringMatching(/certificate/i),
    ]);
    expect(server.messages).toEqual([]);
    const sent = await test({ NODE_EXTRA_CA_CERTS: file });
    expect(sent).toMatchObject({ code: 0 });
    expect(server.messages).toMatchObject([{ user: "post", to: ["office@example.com"] }]);
    expect(server.overheard).toEqual([]);
  },
);

const address = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === "IPv4" && !each.internal)?.address;

unless(address === undefined ? "it needs an address beside loopback" : null)(
  "a password goes to another machine encrypted or not at all, unless that is asked for",
  async () => {
    await using server = await startSmtp(LOGIN, { host: address ?? "" });
    await expect(mailTo(server.url)).rejects.toMatchObject({ code: "mail_refused" });
    expect(server.overheard).toEqual([]);
    await mailTo(`${server.url}/?requireTLS=false`);
    expect(server.overheard).toEqual(["geheim"]);
    expect(server.messages).toHaveLength(1);
    // On this machine nothing is in between.
    await using here = await startSmtp(LOGIN);
    await mailTo(here.url);
    expect(here.messages).toHaveLength(1);
  },
);
