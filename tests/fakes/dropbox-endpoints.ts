import { randomUUID } from "node:crypto";
import { commitFile, type FakeFiles, type StoredFile } from "./dropbox-files.ts";
import { type Body, refusal } from "./dropbox-response.ts";

export const HOME = "1001";
export const TEAM = "2002";

/** One endpoint of the documentation. */
export interface Endpoint {
  readonly host: "api" | "content";
  readonly style: "rpc" | "upload" | "download" | "none";
  readonly scope: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  run(args: Body, content: Buffer, files: FakeFiles, team: string): Body | null | StoredFile;
}

const PATH_ARGS = ["mode", "autorename", "client_modified", "mute", "property_groups", "strict_conflict"];

export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  "files/upload": {
    host: "content",
    style: "upload",
    scope: "files.content.write",
    required: ["path"],
    optional: [...PATH_ARGS, "content_hash"],
    run: (args, content, files) =>
      commitFile(files, args, content, (reason) => ({ ".tag": "path", reason, upload_session_id: randomUUID() })),
  },
  "files/upload_session/start": {
    host: "content",
    style: "upload",
    scope: "files.content.write",
    required: [],
    optional: ["close", "session_type", "content_hash"],
    run(_args, content, files) {
      const session_id = `pid_upload_session:${randomUUID()}`;
      files.sessions.set(session_id, { content, closed: false });
      return { session_id };
    },
  },
  "files/upload_session/append_v2": {
    host: "content",
    style: "upload",
    scope: "files.content.write",
    required: ["cursor"],
    optional: ["close", "content_hash"],
    run(args, content, files) {
      const session = files.session(args.cursor, (error) => error);
      session.content = Buffer.concat([session.content, content]);
      if (args.close === true) session.closed = true;
      return null;
    },
  },
  "files/upload_session/finish": {
    host: "content",
    style: "upload",
    scope: "files.content.write",
    required: ["cursor", "commit"],
    optional: ["content_hash"],
    run(args, content, files) {
      const failed = (error: Body) => ({ ".tag": "lookup_failed", lookup_failed: error });
      const session = files.session(args.cursor, failed);
      session.content = Buffer.concat([session.content, content]);
      const metadata = commitFile(files, args.commit as Body, session.content, (path) => ({ ".tag": "path", path }));
      files.sessions.delete(String((args.cursor as Body).session_id));
      return metadata;
    },
  },
  "files/get_metadata": {
    host: "api",
    style: "rpc",
    scope: "files.metadata.read",
    required: ["path"],
    optional: ["include_media_info", "include_deleted", "include_has_explicit_shared_members"],
    run: ({ path }, _content, files) => files.metadata(String(path)),
  },
  "files/download": {
    host: "content",
    style: "download",
    scope: "files.content.read",
    required: ["path"],
    optional: ["rev"],
    run: ({ path }, _content, files) => files.file(String(path)),
  },
  "files/delete_v2": {
    host: "api",
    style: "rpc",
    scope: "files.content.write",
    required: ["path"],
    optional: ["parent_rev"],
    run({ path }, _content, files) {
      const { metadata } = files.file(String(path));
      files.remove(String(path));
      return { metadata };
    },
  },
  "users/get_current_account": {
    host: "api",
    style: "none",
    scope: "account_info.read",
    required: [],
    optional: [],
    run: (_args, _content, _files, team) => ({
      account_id: "dbid:AAA",
      name: { display_name: "Ada Agent" },
      email: "ada@example.com",
      root_info: { ".tag": "team", root_namespace_id: team, home_namespace_id: HOME, home_path: "/Ada" },
    }),
  },
  "sharing/list_shared_links": {
    host: "api",
    style: "rpc",
    scope: "sharing.read",
    required: [],
    optional: ["path", "cursor", "direct_only"],
    run({ path }, _content, files) {
      const url = files.links.get(String(path).toLowerCase());
      return { links: url === undefined ? [] : [{ ".tag": "file", url }], has_more: false };
    },
  },
  "sharing/create_shared_link_with_settings": {
    host: "api",
    style: "rpc",
    scope: "sharing.write",
    required: ["path"],
    optional: ["settings"],
    run({ path }, _content, files) {
      const key = String(path).toLowerCase();
      files.file(String(path));
      if (files.links.has(key)) throw refusal("shared_link_already_exists", { ".tag": "shared_link_already_exists" });
      const url = `https://www.dropbox.com/scl/fi/${randomUUID()}/report.pdf?rlkey=x&dl=0`;
      files.links.set(key, url);
      return { ".tag": "file", url };
    },
  },
};
