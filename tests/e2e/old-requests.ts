// What callers of the old service send, each in the form in which it does.

/** All 18 fields of the old call, as the script sends them that requests five reports at once. */
export const ALL_FIELDS = {
  ...{ suburb: "Manly", state: "NSW", post_code: "2095", property_types: ["House", "ApartmentUnitFlat"] },
  ...{ min_bedrooms: 1, max_bedrooms: 6, min_bathrooms: 1, max_bathrooms: 6, min_carspaces: 1, max_carspaces: 8 },
  ...{ min_land_area: 0, max_land_area: 100_000, include_surrounding_suburbs: false, region: "Sydney Region" },
  ...{ area: "Northern Beaches", home_owner_pricing: null, featured_agent_id: "1", featured_agency_id: "2" },
};

/** As ConvertTo-Json writes it: every property there, most of them null, a number where one is meant. */
export const POWERSHELL = `{\r\n    "suburb":  "manly",\r\n    "state":  "nsw",\r\n    "post_code":  2095,\r\n    "property_types":  null,
${["bedrooms", "bathrooms", "carspaces", "land_area"].map((of) => `    "min_${of}":  null,\r\n    "max_${of}":  null,\r\n`).join("")}
    "include_surrounding_suburbs":  false,\r\n    "region":  null,\r\n    "area":  null,\r\n    "home_owner_pricing":  null,
    "featured_agent_id":  null,\r\n    "featured_agency_id":  null\r\n}`;

/** What Make sends for an unmapped field, and for what a form left open; a module's text for a list. */
export const MAKE = {
  ...{ suburb: "Manly", state: "NSW", post_code: "", property_types: "House,Apartment", min_bedrooms: "3" },
  ...{ max_bedrooms: "", min_bathrooms: "null", max_bathrooms: "", min_carspaces: "", max_carspaces: "" },
  ...{ min_land_area: "", max_land_area: "", include_surrounding_suburbs: "false", region: "", area: "" },
  ...{ home_owner_pricing: "", featured_agent_id: "", featured_agency_id: "" },
};
