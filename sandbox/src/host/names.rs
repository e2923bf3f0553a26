//! Names of invented people, so that pages read as they will in a real project. Any likeness is by accident.
//! Knows no account: a name goes by the order in which somebody comes.

const CUSTOMERS: &[&str] = &[
    "Maya Lindqvist",
    "Tomás Ortega",
    "Aiko Tanabe",
    "Jonas Weber",
    "Chiara Conti",
    "Daniel Osei",
    "Nadia Haddad",
    "Piotr Zieliński",
    "Ingrid Solheim",
    "Rohan Mehta",
    "Élise Marchand",
    "Lucas Almeida",
    "Hanna Virtanen",
    "Marek Novák",
    "Sofia Papadaki",
    "Owen Gallagher",
    "Leila Karimi",
    "Mateus Rocha",
    "Freya Jansen",
    "Kofi Mensah",
    "Anouk Vermeer",
    "Ivan Petrov",
    "Zeynep Aydın",
    "Noah Fischer",
];

/// The `n`th customer of the site, from 1.
pub(crate) fn customer(n: u64) -> String {
    let place = usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
    CUSTOMERS.get(place).map_or_else(|| format!("Customer {n}"), |name| (*name).to_owned())
}

/// The `n`th worker of the site, whose kind has this name.
pub(crate) fn worker(kind: &str, n: u64) -> String {
    match (kind, n) {
        ("Admin", 1) => "Alex Rivera".to_owned(),
        ("Agent", 2) => "Sam Okafor".to_owned(),
        ("Project admin", 3) => "Priya Nair".to_owned(),
        ("Agent", 4) => "Lena Kraus".to_owned(),
        ("Outsider", 5) => "Robin Lund".to_owned(),
        _ => format!("{kind} {n}"),
    }
}
