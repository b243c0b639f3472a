import { type Api, bearer } from "./api.ts";

/** Keys of an office: two people who request reports, an admin, and a viewer. */
export function keysOfOffice(api: Api) {
  const key = (name: string, scope: "submit" | "admin" | "viewer") =>
    api.keys.create({ name, scope, rate: null }).secret;
  return {
    anna: key("anna", "submit"),
    ben: key("ben", "submit"),
    boss: key("boss", "admin"),
    eyes: key("eyes", "viewer"),
  };
}

/** What is stored by name under a path of the API, such as views, as each key sees and changes it. */
export function namedRecords(api: Api, path: "/api/territories" | "/api/views") {
  const of = (name: string) => `${path}/${encodeURIComponent(name)}`;
  return {
    list: async (secret: string) => (await api.request(path, { headers: bearer(secret) })).json(),
    save: (secret: string, name: string, body: unknown) =>
      api.request(of(name), {
        method: "PUT",
        headers: { ...bearer(secret), "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    remove: (secret: string, name: string) => api.request(of(name), { method: "DELETE", headers: bearer(secret) }),
  };
}
