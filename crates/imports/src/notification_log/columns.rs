//! Which cell of a row is the address, the date, the key of a request and the reason: by the header, or by what cells look like.
//! Does not read a date, beyond telling that a cell is one.

use super::table::{Delimiter, Record};
use super::{dates, reason};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Date,
    /// A time of day beside a column of dates.
    Clock,
    Recipient,
    Key,
    Details,
    Other,
}

/// Headers by what they name, in lower case.
const NAMES: &[(Role, &[&str])] = &[
    (
        Role::Date,
        &[
            "date and time",
            "date & time",
            "date/time",
            "date",
            "datum",
            "datum und uhrzeit",
            "datum und zeit",
            "date et heure",
            "fecha",
            "fecha y hora",
            "日時",
            "日付",
            "日付と時刻",
            "timestamp",
            "sent",
            "sent at",
            "created",
            "when",
        ],
    ),
    (Role::Clock, &["time", "uhrzeit", "zeit", "heure", "hora", "時刻", "時間"]),
    (
        Role::Recipient,
        &[
            "recipient",
            "recipients",
            "customer name",
            "customer",
            "customer email",
            "email",
            "e-mail",
            "email address",
            "e-mail address",
            "address",
            "to",
            "empfänger",
            "kunde",
            "kundenname",
            "e-mail-adresse",
            "destinataire",
            "nom du client",
            "adresse e-mail",
            "destinatario",
            "nombre del cliente",
            "correo electrónico",
            "dirección de correo electrónico",
            "受信者",
            "宛先",
            "顧客名",
            "メール アドレス",
            "メールアドレス",
        ],
    ),
    (
        Role::Key,
        &[
            "issue key",
            "issue",
            "key",
            "work item",
            "work item key",
            "request",
            "request key",
            "ticket",
            "vorgang",
            "vorgangsschlüssel",
            "vorgangs-id",
            "schlüssel",
            "clé de ticket",
            "clé du ticket",
            "clé",
            "ticket clé",
            "clave de incidencia",
            "clave",
            "actividad",
            "課題キー",
            "課題",
            "作業項目キー",
            "作業項目",
            "キー",
        ],
    ),
    (
        Role::Details,
        &[
            "details",
            "detail",
            "what went wrong",
            "reason",
            "error",
            "status",
            "grund",
            "fehler",
            "was ist schiefgelaufen",
            "détails",
            "raison",
            "erreur",
            "detalles",
            "motivo",
            "razón",
            "qué ha fallado",
            "詳細",
            "理由",
            "エラー",
        ],
    ),
    (
        Role::Other,
        &[
            "notification name",
            "notification",
            "benachrichtigungsname",
            "nom de la notification",
            "nom de notification",
            "nombre de la notificación",
            "通知名",
            "action",
            "actions",
            "aktion",
            "aktionen",
            "acciones",
            "アクション",
        ],
    ),
];

fn role(header: &str) -> Option<Role> {
    let bare = header.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&bare.as_str())).map(|(role, _)| *role)
}

/// The cells of one row that matter.
#[derive(Debug)]
pub(super) struct Row<'r> {
    pub(super) address: Option<&'r str>,
    pub(super) date: Result<dates::Written, Missing>,
    pub(super) said: reason::Said,
    /// It stands in the table of request notifications.
    pub(super) of_request: bool,
}

/// Why a row has no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    NoCell,
    Relative,
    Unreadable,
}

impl From<dates::NoDate> for Missing {
    fn from(why: dates::NoDate) -> Self {
        match why {
            dates::NoDate::Relative => Self::Relative,
            dates::NoDate::Unreadable => Self::Unreadable,
        }
    }
}

/// The columns as the last header named them. A pasted text may hold both tables, each with its own.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    roles: Vec<Role>,
    /// Cells of a page's text can be missing, so that a header's places are not a row's.
    by_place: bool,
}

impl Columns {
    pub(super) fn new(delimiter: Delimiter) -> Self {
        Self { roles: Vec::new(), by_place: delimiter != Delimiter::Blanks }
    }

    /// Takes a header; false when the record is a row. A column whose name is not known is no reason not to be one.
    pub(super) fn take_header(&mut self, record: &Record<'_>) -> bool {
        let is_data = |cell: &str| cell.contains('@') || cell.bytes().any(|byte| byte.is_ascii_digit());
        if record.cells.iter().any(|cell| is_data(cell)) {
            return false;
        }
        let roles: Vec<Option<Role>> = record.cells.iter().map(|cell| role(cell)).collect();
        if roles.iter().flatten().count() < 2 {
            return false;
        }
        let mut roles: Vec<Role> = roles.into_iter().map(|role| role.unwrap_or(Role::Other)).collect();
        // "Time" alone is the date.
        if !roles.contains(&Role::Date) {
            roles.iter_mut().filter(|role| **role == Role::Clock).for_each(|role| *role = Role::Date);
        }
        self.roles = roles;
        true
    }

    pub(super) fn row<'r>(&self, record: &'r Record<'_>) -> Row<'r> {
        let of_request = self.roles.contains(&Role::Key);
        if self.by_place && self.roles.contains(&Role::Recipient) {
            return Row { of_request, ..self.placed(record) };
        }
        let row = looked_at(record);
        Row { of_request: of_request || row.of_request, ..row }
    }

    fn placed<'r>(&self, record: &'r Record<'_>) -> Row<'r> {
        let of = |wanted: Role| {
            let cells = std::iter::zip(&record.cells, &self.roles);
            cells.filter(move |(_, role)| **role == wanted).map(|(cell, _)| cell.as_ref())
        };
        let beyond = record.cells.iter().skip(self.roles.len()).map(AsRef::as_ref);
        let details: Vec<&str> = of(Role::Details).chain(of(Role::Other)).chain(beyond).collect();
        let date = match (of(Role::Date).find(|cell| !cell.is_empty()), of(Role::Clock).next()) {
            (Some(day), Some(clock)) => dates::read(&format!("{day} {clock}")).map_err(Missing::from),
            (Some(cell), None) => dates::read(cell).map_err(Missing::from),
            (None, _) => Err(Missing::NoCell),
        };
        Row { address: of(Role::Recipient).find_map(address), date, said: said(&details), of_request: false }
    }
}

/// The cells by what they look like.
fn looked_at<'r>(record: &'r Record<'_>) -> Row<'r> {
    let cells: Vec<&str> = record.cells.iter().map(AsRef::as_ref).collect();
    let mut addresses = cells.iter().filter_map(|cell| address(cell));
    // Of two addresses nobody can tell whose the row is.
    let address = addresses.next().filter(|_| addresses.next().is_none());
    let mut date = Err(Missing::NoCell);
    for (at, cell) in cells.iter().enumerate() {
        let whole = dates::read(cell);
        // A page's text may part the day from the time.
        let joined = cells.get(at + 1).map(|next| format!("{cell} {next}"));
        match (whole, joined.map(|joined| dates::read(&joined))) {
            (Ok(whole), joined) => {
                date = Ok(joined.and_then(Result::ok).unwrap_or(whole));
                break;
            }
            (Err(dates::NoDate::Relative), _) if date == Err(Missing::NoCell) => date = Err(Missing::Relative),
            _ => {}
        }
    }
    let of_request = cells.iter().any(|cell| is_key(cell));
    Row { address, date, said: said(&cells), of_request }
}

/// What the texts of a row say together. The button is shown beside a block, and says no more than that there is one.
fn said(texts: &[&str]) -> reason::Said {
    use reason::Said;
    let said = texts.iter().map(|text| reason::read(text));
    let known = said.filter(|said| !matches!(said, Said::Failed(super::Failure::Other)));
    let mut known: Vec<Said> = known.collect();
    match known.iter().position(|said| *said != Said::UnblockButton) {
        Some(at) => known.swap_remove(at),
        None if known.is_empty() => Said::Failed(super::Failure::Other),
        None => Said::Blocked,
    }
}

/// Key of a work item.
fn is_key(cell: &str) -> bool {
    let Some((project, number)) = cell.rsplit_once('-') else { return false };
    let is_project = project.len() <= 32
        && project.starts_with(|c: char| c.is_ascii_uppercase())
        && project.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_project && (1..=9).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The address in a cell that is one, with or without a name in front of it.
pub(super) fn address(cell: &str) -> Option<&str> {
    let inner = cell.strip_suffix('>').and_then(|cell| cell.rsplit_once('<')).map_or(cell, |(_, inner)| inner);
    let bare = inner.trim().strip_prefix("mailto:").unwrap_or(inner.trim());
    let (local, domain) = bare.split_once('@')?;
    let strange = |c: char| c.is_whitespace() || c.is_control() || "@,;:<>()[]\"\\".contains(c);
    let labels = domain.split('.').count();
    let whole = bare.len() <= 254
        && (1..=64).contains(&local.len())
        && labels > 1
        && domain.split('.').all(|label| !label.is_empty())
        && !local.contains(strange)
        && !domain.contains(strange);
    whole.then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_whole_cells() {
        for (cell, expected) in [
            ("ann@example.com", Some("ann@example.com")),
            ("Ann Example <ann@example.com>", Some("ann@example.com")),
            ("mailto:ann@example.com", Some("ann@example.com")),
            ("=ann@example.com", Some("=ann@example.com")),
            ("=HYPERLINK(\"mailto:ann@example.com\")", None),
            ("to ann@example.com", None),
            ("ann@@example.com", None),
            ("ann@example..com", None),
            ("ann@example", None),
            ("@example.com", None),
            ("ann,example.com", None),
            ("Ann", None),
        ] {
            assert_eq!(address(cell), expected, "{cell}");
        }
    }

    #[test]
    fn keys_are_keys() {
        assert!(is_key("SUP-12") && is_key("A1_B-1"));
        assert!(!is_key("2026-11") && !is_key("SUP-") && !is_key("sup-1") && !is_key("SUP-1x"));
    }
}
