import { describe, expect, test } from "bun:test";
import { DOCUMENT_KINDS } from "../../src/report/documents.ts";
import {
  fileName,
  folderNames,
  readFileNames,
  readFolders,
  requestedName,
  USUAL_FOLDERS,
} from "../../src/report/names.ts";

const JOB = {
  id: "01980000-0000-7000-8000-00000123abcd",
  suburb: "Dee Why",
  state: "NSW",
  // Past midnight in New South Wales.
  createdAt: "2026-07-01T15:00:00.000Z",
};

describe("what documents are called", () => {
  test("usually after the day of the request where the suburb is, the suburb, and what they are", () => {
    expect(DOCUMENT_KINDS.map((kind) => fileName(JOB, kind))).toEqual([
      "2026-07-02 Dee Why agents report 0123abcd.pdf",
      "2026-07-02 Dee Why agents report 0123abcd.pdf",
      "2026-07-02 Dee Why agency report 0123abcd.pdf",
      "2026-07-02 Dee Why commission 0123abcd.pdf",
      "2026-07-02 Dee Why complete report 0123abcd.pdf",
    ]);
    expect(folderNames(JOB, "commission", USUAL_FOLDERS.usual)).toEqual(["NSW", "Dee Why"]);
  });

  test("by the day of one zone for all where the operator set one, in the file's name and the folder's", () => {
    const day = (zone?: string | null) => [
      fileName(JOB, "agents", undefined, zone).slice(0, 10),
      ...folderNames(JOB, "agents", readFolders("{date}").usual, { dateZone: zone }),
    ];
    expect([day(), day(null), day("Australia/Perth"), day("UTC")]).toEqual([
      ["2026-07-02", "2026-07-02"],
      ["2026-07-02", "2026-07-02"],
      ["2026-07-01", "2026-07-01"],
      ["2026-07-01", "2026-07-01"],
    ]);
  });

  test("v1: as the old service called them, and where it put them", () => {
    const names = readFileNames("v1");
    expect(DOCUMENT_KINDS.map((kind) => fileName(JOB, kind, names))).toEqual([
      `Dee Why_Top_Agents_${JOB.id}.pdf`,
      `Dee Why_Top_Agents_${JOB.id}.pdf`,
      `Dee Why_Top_Rental_Agencies_${JOB.id}.pdf`,
      `Dee Why_Commission_${JOB.id}.pdf`,
      "AgentLink_Dee_Why_Agent_Suburb_Report.pdf",
    ]);
    const { usual, s3 } = readFolders("v1");
    expect([folderNames(JOB, "agency", usual), folderNames(JOB, "agency", s3)]).toEqual([
      ["Suburbs Top Rental Agencies"],
      ["Suburbs_Top_Rental_Agencies"],
    ]);
    expect([folderNames(JOB, "commission", usual), folderNames(JOB, "complete", s3)]).toEqual([
      ["Commission Rate"],
      ["Completed_Pdfs"],
    ]);
  });

  test("by one pattern for all, which distinguishes a job's documents, or by one for each kind", () => {
    const one = readFileNames("{state}-{suburb_}.pdf");
    expect([fileName(JOB, "agents", one), fileName(JOB, "commission", one)]).toEqual([
      "NSW-Dee_Why.pdf",
      "NSW-Dee_Why commission.pdf",
    ]);
    const named = readFileNames("{kind} {short_id}; commission = Fees {date}");
    expect([fileName(JOB, "agency", named), fileName(JOB, "commission", named)]).toEqual([
      "agency 0123abcd.pdf",
      "Fees 2026-07-02.pdf",
    ]);
    expect(folderNames(JOB, "agents", readFolders("Reports/{date}/{suburb}").usual)).toEqual([
      "Reports",
      "2026-07-02",
      "Dee Why",
    ]);
  });

  test.each([
    ["{subrub}", "must not contain {subrub}: use {suburb}"],
    ["{suburb", "must close each brace"],
    ["..", "must not give an empty name"],
    ["a/{suburb}", "AGENTLINK_FOLDER"],
    ["agent=x", 'must not name the document "agent": use agents'],
  ])("a pattern %s is refused, and says why", (pattern, why) => {
    expect(() => readFileNames(pattern)).toThrow(why);
  });

  test.each(["../x", "a/../b", "{x}"])("a folder %s is refused", (pattern) => {
    expect(() => readFolders(pattern)).toThrow();
  });

  test("a suburb never leads out of its folder, nor makes a name that is too long", () => {
    const hostile = { ...JOB, suburb: `../${"é💥/".repeat(200)}` };
    for (const kind of DOCUMENT_KINDS) {
      const name = fileName(hostile, kind, readFileNames("v1"));
      expect(name).not.toContain("/");
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(240);
      if (kind !== "complete") expect(name).toEndWith(`${JOB.id}.pdf`);
      for (const folder of folderNames(hostile, kind, readFolders("{suburb}").usual))
        expect(folder).not.toMatch(/[/\\]|^\.+$/);
    }
  });

  test("a request's own name is the main document's, and the others' with what they are", () => {
    expect(["agents", "agency", "commission", "complete"].map((kind) => requestedName("Smith.pdf", kind))).toEqual([
      "Smith.pdf",
      "Smith.pdf",
      "Smith commission.pdf",
      "Smith complete report.pdf",
    ]);
    expect(requestedName(" ... ", "agents")).toBeNull();
  });
});
