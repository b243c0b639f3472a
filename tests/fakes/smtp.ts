import { SMTPServer } from "smtp-server";

/** A mail that the server took. */
export interface SmtpMessage {
  readonly from: string;
  readonly to: readonly string[];
  /** The user that signed in; null for none. */
  readonly user: string | null;
  readonly text: string;
}

export interface FakeSmtp extends AsyncDisposable {
  /** As AGENTLINK_SMTP_URL. */
  readonly url: string;
  readonly messages: readonly SmtpMessage[];
  /** How many clients have connected. */
  readonly connections: number;
  /** Passwords that it received without encryption. */
  readonly overheard: readonly string[];
  /** What is wrong with it from now on: it accepts no mail for a while (451), for good (550), or sends nothing at all. */
  fault: "none" | "busy" | "refuses" | "silent";
  /** Whom it takes no mail for (550). */
  refusedRecipient: string | null;
}

interface SmtpOptions {
  /** Where it listens, and is reached; 127.0.0.1 by default. */
  readonly host?: string;
  /** It has STARTTLS with this certificate, and accepts no password before. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A mail server on loopback, strict about RFC 5321: it takes what is sent in order, from a user that signed in. */
export async function startSmtp(
  login?: { readonly user: string; readonly password: string },
  { host = "127.0.0.1", tls }: SmtpOptions = {},
): Promise<FakeSmtp> {
  const messages: SmtpMessage[] = [];
  const overheard: string[] = [];
  const state: Pick<FakeSmtp, "fault" | "refusedRecipient"> & { connections: number } = {
    ...{ fault: "none", refusedRecipient: null, connections: 0 },
  };
  const refused = (code: number) => Object.assign(new Error("not now"), { responseCode: code });
  const server = new SMTPServer({
    authOptional: login === undefined,
    disabledCommands: tls === undefined ? ["STARTTLS"] : [],
    allowInsecureAuth: tls === undefined,
    ...tls,
    logger: false,
    onConnect(_, callback) {
      state.connections += 1;
      if (state.fault !== "silent") callback();
    },
    onAuth({ username = "", password = "" }, session, callback) {
      if (!session.secure) overheard.push(password ?? "");
      if (username === login?.user && password === login.password) callback(null, { user: username });
      else callback(Object.assign(new Error("wrong"), { responseCode: 535 }));
    },
    onRcptTo({ address }, _, callback) {
      if (state.fault === "refuses" || address === state.refusedRecipient) callback(refused(550));
      else callback();
    },
    onData(stream, session, callback) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        if (state.fault === "busy") return callback(refused(451));
        const { mailFrom, rcptTo } = session.envelope;
        messages.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user ?? null,
          text: Buffer.concat(parts).toString(),
        });
        callback();
      });
    },
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const credentials = login === undefined ? "" : `${login.user}:${encodeURIComponent(login.password)}@`;
  return {
    url: `smtp://${credentials}${host}:${port}`,
    messages,
    overheard,
    get connections() {
      return state.connections;
    },
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    get refusedRecipient() {
      return state.refusedRecipient;
    },
    set refusedRecipient(address) {
      state.refusedRecipient = address;
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
