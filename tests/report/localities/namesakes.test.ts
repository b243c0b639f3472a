import { describe, expect, test } from "bun:test";
import { chooseTown, namesakesOf, resolveTown } from "../../../src/report/localities/namesakes.ts";
import { type Locality, resolveSuburb, searchSuburbs } from "../../../src/report/localities/suburbs.ts";

const nothing = () => false;
const only =
  (...postcodes: string[]) =>
  ({ postcode }: Locality) =>
    postcodes.includes(postcode);

describe("two towns of one name in one state", () => {
  test.each([
    ["Richmond", "QLD", ["4740", "4822"]],
    ["Springfield", "VIC", ["3434", "3531", "3544"]],
  ])("%s %s: the one with data is chosen, and a warning names them all", (suburb, state, postcodes) => {
    const town = resolveTown({ suburb, state });
    expect([town.locality, ...town.namesakes].map(({ postcode }) => postcode).sort()).toEqual(postcodes);
    for (const postcode of postcodes) {
      const { locality, warning } = chooseTown(town, only(postcode));
      expect(locality.postcode).toBe(postcode);
      for (const each of postcodes) expect(warning).toContain(each);
      expect(warning).toContain(`${postcode} was chosen because only this one has data in the catalogue`);
    }
    expect(chooseTown(town, nothing)).toMatchObject({
      locality: town.locality,
      warning: expect.stringContaining("most likely"),
    });
    const two = postcodes.slice(-2);
    expect(two).toContain(chooseTown(town, only(...two)).locality.postcode);
  });

  test("are no question where a postcode says which is meant: in its field, in the line, or in the data", () => {
    for (const query of [
      { suburb: "Richmond", state: "QLD", postcode: "4822" },
      { suburb: "Richmond QLD 4822", state: "QLD" },
      { suburb: "richmond, 4822", state: "Queensland" },
    ]) {
      const town = resolveTown(query);
      expect([town.locality.postcode, town.namesakes]).toEqual(["4822", []]);
      expect(chooseTown(town, only("4740"))).toEqual({ locality: town.locality, warning: null });
    }
    expect(resolveTown({ suburb: "Richmond", state: "QLD" }, "4822").locality.postcode).toBe("4822");
    expect(resolveTown({ suburb: "Richmond", state: "QLD" }, "2000").namesakes).toHaveLength(1);
  });

  test("are not two postcodes of one suburb, nor post-office boxes, nor a name in two states", () => {
    for (const [suburb, state] of [
      ["Virginia", "NT"],
      ["Manly", "NSW"],
      ["Manly", "QLD"],
      ["Richmond", "VIC"],
    ] as const)
      expect(namesakesOf(resolveSuburb({ suburb, state }))).toEqual([]);
  });

  test("are some two hundred names, and of each any town has the others as namesakes", () => {
    const names = new Set<string>();
    for (const letter of "abcdefghijklmnopqrstuvwxyz")
      for (const locality of searchSuburbs(letter, 5_000))
        if (namesakesOf(locality).length > 0) names.add(`${locality.suburb.toLowerCase()} ${locality.state}`);
    expect(names.size).toBeWithin(190, 240);
  });
});
