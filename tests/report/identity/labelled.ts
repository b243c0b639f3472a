// Pairs that a person has labelled: whether they are one. Names are invented, the spellings are those of exports.

/** [one, other, whether they are one]: addresses within Manly. */
export const ADDRESSES: readonly (readonly [string, string, boolean])[] = [
  ["5/12 Pine Street", "5/12 Pine Street, Manly", true],
  ["5/12 Pine Street", "Unit 5, 12 Pine St, Manly NSW 2095", true],
  ["5/12 Pine Street", "Unit 5/12 Pine St", true],
  ["5/12 Pine Street", "Apt 5 12 Pine St", true],
  ["5/12 Pine Street", "Apartment 5, 12 PINE STREET MANLY", true],
  ["5/12 Pine Street", "5 / 12 Pine St.", true],
  ["5/12 Pine Street", "U5/12 Pine St", true],
  ["5/12 Pine Street", "u 5/12 Pine St", true],
  ["5/12 Pine Street", "05/12 Pine Street", true],
  ["5/12-14 Pine Street", "5/12 Pine Street", true],
  ["Villa 3/8 Kangaroo Lane", "3/8 Kangaroo Ln", true],
  ["Townhouse 2, 44 Eustace St", "2/44 Eustace Street", true],
  ["Level 3, 7/22 Darley Rd", "7/22 Darley Road", true],
  ["G05/9 Wentworth Street", "g05/9 Wentworth St", true],
  ["9 Pine Street", "9 Pine St", true],
  ["9 Pine Street", "No. 9 Pine Street, Manly, NSW, 2095", true],
  ["9 Pine Street", "9 PINE STREET", true],
  ["9 Pine Street", "9 Pine Street Manly NSW 2095 Australia", true],
  ["12A The Corso", "12a The Corso", true],
  ["12A The Corso", "12 A The Corso", true],
  ["7 St Pauls Road", "7 St. Paul's Rd", true],
  ["7 Saint Pauls Road", "7 St Pauls Rd", true],
  ["88 North Steyne", "88 North Steyne, Manly", true],
  ["3 Bower Street North", "3 Bower St N", true],
  ["21 Ocean Beach Parade", "21 Ocean Beach Pde", true],
  ["4 Rialto Lane", "4 Rialto Ln.", true],
  ["6 Osborne Crescent", "6 Osborne Cres", true],
  ["6 Osborne Crescent", "6 Osborne Cr", true],
  ["31 Fairy Bower Road", "31 Fairy Bower Rd", true],
  ["18 Marshall Terrace", "18 Marshall Tce", true],
  ["2 Harland Boulevard", "2 Harland Blvd", true],
  ["40-42 Whistler Street", "40 - 42 Whistler St", true],
  ["Lot 4, 19 Quinton Road", "19 Quinton Rd", true],
  ["15 Ashburner Street", "15 Ashburner St, MANLY", true],
  ["101 Addison Road", "101 Addison Road, Manly NSW", true],
  ["7 Mount Street", "7 Mt Street", true],
  ["9 Pine Street", "9 Pine Street (corner of Elm), Manly", true],
  ["9 Pine Street", "9 Pine Street, Manly, NSW 2095", true],
  ["9 Pine Street", "9 Pine Street, Manly Vale", false],
  ["9 Pine Street", "9 Pine Street, North Manly NSW 2100", false],
  ["5/12 Pine Street", "6/12 Pine Street", false],
  ["5/12 Pine Street", "12 Pine Street", false],
  ["5/12 Pine Street", "5 Pine Street", false],
  ["5/12 Pine Street", "5/12 Pine Avenue", false],
  ["5/12 Pine Street", "5/12 Spruce Street", false],
  ["512 Pine Street", "5/12 Pine Street", false],
  ["9 Pine Street", "9A Pine Street", false],
  ["9 Pine Street", "19 Pine Street", false],
  ["9 Pine Street", "9 Pine Lane", false],
  ["9 Pine Street", "9 Pine Road", false],
  ["9 Pine Street", "9 Pine Street East", false],
  ["9 Pine Street East", "9 Pine Street West", false],
  ["40-42 Whistler Street", "44 Whistler Street", false],
  ["88 North Steyne", "88 South Steyne", false],
  ["7 St Pauls Road", "7 St Peters Road", false],
  ["Pine Street", "Pine Street", false],
  ["Address withheld", "Address withheld", false],
  ["Address available on request", "Address available on request", false],
  ["1/5 Ocean Road", "1/5 Ocean Lane", false],
  ["11/5 Ocean Road", "1/15 Ocean Road", false],
];

export interface LabelledAgent {
  readonly name: string;
  readonly agency: string;
  readonly email?: string;
  readonly phone?: string;
}

const at = (agency: string, name: string, more: Partial<LabelledAgent> = {}): LabelledAgent => ({
  name,
  agency,
  ...more,
});

/** [one, other, whether they are one person]: of two sources. */
export const AGENTS: readonly (readonly [LabelledAgent, LabelledAgent, boolean])[] = [
  // One franchise, two branches.
  [at("Kestrel & Pine Manly", "Ada Birke"), at("Kestrel & Pine - Dee Why", "Ada Birke"), true],
  [at("Kestrel and Pine (Manly)", "Ada  BIRKE"), at("Kestrel & Pine Pty Ltd | Mosman", "ada birke"), true],
  [at("Northwind Property Dee Why", "Hugo Dorn"), at("Northwind Property - Manly", "Hugo Dorn"), true],
  [at("Northwind Real Estate Neutral Bay", "Hugo Dorn"), at("Northwind Real Estate Mosman", "Mr Hugo Dorn"), true],
  [at("Old Mill Northern Beaches", "Cleo Esche"), at("Old Mill Manly", "Cleo Esche"), true],
  [at("Casa Verde St Ives", "Edda Farn"), at("Casa Verde Saint Ives & Wahroonga", "Edda Farn"), true],
  [at("Fieldstone Manly", "Inés Ahorn"), at("Fieldstone Balgowlah", "Ines Ahorn"), true],
  [at("Fieldstone Manly", "Liam O'Hasel"), at("Fieldstone Balgowlah", "Liam O’Hasel"), true],
  [at("Fieldstone Manly", "Birke, Ada"), at("Fieldstone Seaforth", "Ada Birke"), true],
  [at("Fieldstone Manly", "Ada Birke (Licensed Agent)"), at("Fieldstone Seaforth", "Ada Birke"), true],
  [at("Fieldstone Manly", "Ada J Birke"), at("Fieldstone Seaforth", "Ada Birke"), true],
  [at("Fieldstone Manly", "Jan van der Iris"), at("Fieldstone Seaforth", "Jan Van Der Iris"), true],
  [
    at("Fieldstone Manly", "Kira Jasmin", { phone: "0491 570 156" }),
    at("Fieldstone Curl Curl", "Kira Jasmin", { phone: "+61 491 570 156" }),
    true,
  ],
  // By e-mail.
  [
    at("Juniper Manly", "Sam Ginster", { email: "sam@juniper.example" }),
    at("Another Office", "Samuel Ginster", { email: "SAM@juniper.example" }),
    true,
  ],
  [
    at("Juniper Manly", "Bill Ginster", { email: "bill@juniper.example" }),
    at("Crm Export", "William Ginster", { email: "bill@juniper.example" }),
    true,
  ],
  [
    at("Juniper Manly", "Gwen Clement", { email: "gwen@juniper.example" }),
    at("Crm Export", "Gwen Hasel", { email: "gwen@juniper.example" }),
    true,
  ],
  [
    at("Juniper Manly", "G Clement", { email: "gwen@juniper.example" }),
    at("Crm Export", "Gwen Clement", { email: "gwen@juniper.example" }),
    true,
  ],
  // By mobile.
  [
    at("Juniper Manly", "Levi Dorn", { phone: "0491 570 156" }),
    at("Bright Street Manly", "Levi Dorn", { phone: "(0491) 570-156" }),
    true,
  ],
  [
    at("Juniper Manly", "Levi Dorn", { phone: "0491570156" }),
    at("Bright Street Manly", "L. Dorn", { phone: "61491570156" }),
    true,
  ],
  [
    at("Juniper Manly", "Kate Farn", { phone: "0491 570 158" }),
    at("Bright Street Manly", "Katherine Farn", { phone: "+61 (0)491 570 158" }),
    true,
  ],
  // Nothing that any rule could go by.
  [at("Juniper Manly", "Levi Dorn"), at("Bright Street Manly", "Levi Dorn"), true],
  [
    at("Juniper Manly", "Falk Iris", { phone: "0491 570 156" }),
    at("Juniper Seaforth", "Falk Iris", { phone: "0491 570 157" }),
    true,
  ],
  [at("Juniper Manly", "Ada Birke"), at("Juniper Seaforth", "Adelheid Birke"), true],
  // Two people.
  [at("Juniper Manly", "Ada Birke"), at("Juniper Seaforth", "Eda Birke"), false],
  [at("Juniper Manly", "Ada Birke"), at("Juniper Seaforth", "Ada Birk"), false],
  [at("Juniper Manly", "Ada Birke"), at("Kestrel Manly", "Ada Birke"), false],
  [at("Juniper Manly", "Ada Birke"), at("Juniper & Sons Manly", "Ada Birke"), false],
  [at("Real Estate Manly", "Ada Birke"), at("Real Estate Dee Why", "Ada Birke"), false],
  [at("Property Sales Manly", "Ada Birke"), at("Property Sales Dee Why", "Ada Birke"), false],
  [
    at("Juniper Manly", "John Hasel", { phone: "0491 570 156" }),
    at("Juniper Bondi", "John Hasel", { phone: "0491 570 157" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { email: "info@juniper.example" }),
    at("Kestrel Manly", "Ada Birke", { email: "info@juniper.example" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { email: "sales@juniper.example" }),
    at("Juniper Manly", "Bela Birke", { email: "sales@juniper.example" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { email: "team.birke@juniper.example" }),
    at("Juniper Manly", "Bela Farn", { email: "team.birke@juniper.example" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { email: "ada@juniper.example" }),
    at("Juniper Manly", "Hugo Dorn", { email: "ada@juniper.example" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { phone: "0491 570 156" }),
    at("Juniper Manly", "Hugo Dorn", { phone: "0491 570 156" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { phone: "0491 570 156" }),
    at("Juniper Manly", "Bela Birke", { phone: "0491 570 156" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { phone: "02 5550 0100" }),
    at("Kestrel Manly", "Ada Birke", { phone: "02 5550 0100" }),
    false,
  ],
  [at("Juniper Manly", "Ada"), at("Juniper Seaforth", "Ada"), false],
  [
    at("Juniper Manly", "Ada Birke", { email: "ada.birke@juniper.example" }),
    at("Juniper Seaforth", "Ada Birke", { email: "ada.birke2@juniper.example" }),
    false,
  ],
  [
    at("Juniper Manly", "Ada Birke", { email: "ada@juniper-manly.example" }),
    at("Juniper Seaforth", "Ada Birke", { email: "ada@juniper-seaforth.example" }),
    true,
  ],
];

/** [one, other, whether they are one agency]: of two sources. */
export const AGENCIES: readonly (readonly [string, string, boolean])[] = [
  ["Kestrel & Pine - Manly", "Kestrel and Pine Manly", true],
  ["Kestrel & Pine (Manly)", "KESTREL & PINE MANLY PTY LTD", true],
  ["Northwind Property | Dee Why", "Northwind Property Dee Why", true],
  ["O'Brien & Søns Realty", "O’Brien and Søns Realty", true],
  ["Casa Verde Saint Ives", "Casa Verde, Saint Ives", true],
  ["Old Mill", "Old Mill Pty. Ltd.", true],
  ["Kestrel & Pine Manly", "Kestrel & Pine Dee Why", false],
  ["Kestrel & Pine Manly", "Kestrel & Pine", false],
  ["Kestrel Manly", "Kestrel & Pine Manly", false],
  ["Northwind Property Manly", "Northwind Rentals Manly", false],
  ["Old Mill Manly", "Old Mill Manly Vale", false],
  ["", "", false],
];

/** [agency, franchise], "" for none that distinguishes it from others. */
export const FRANCHISES: readonly (readonly [string, string])[] = [
  ["Kestrel & Pine Manly", "kestrel and pine"],
  ["Kestrel & Pine - Dee Why", "kestrel and pine"],
  ["Kestrel & Pine | Mosman & Neutral Bay", "kestrel and pine"],
  ["Kestrel & Pine Northern Beaches", "kestrel and pine"],
  ["Northwind Real Estate (North Sydney)", "northwind real estate"],
  ["Northwind Real Estate", "northwind real estate"],
  ["Real Estate Manly", ""],
  ["Manly Property", "manly property"],
  ["Manly", "manly"],
];
