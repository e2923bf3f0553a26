//! A small part of JQL: clauses joined by AND, and one order. Everything else is refused, never guessed.
//! Does not know rights.

use crate::requests::WorkItem;
use crate::state::State;

/// A read query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Query {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) order: Option<(Order, Direction)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Clause {
    field: Field,
    test: Test,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Project,
    Reporter,
    Key,
    Resolution,
    StatusCategory,
    RequestType,
}

#[derive(Debug, PartialEq, Eq)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Empty,
    NotEmpty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Created,
    Updated,
    Key,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// A word, remembering whether it stood in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    quoted: bool,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word)
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '(' | ')' | ',' | '=' => tokens.push(Token { text: c.to_string(), quoted: false }),
            '!' if rest.next_if_eq(&'=').is_some() => tokens.push(Token { text: "!=".to_owned(), quoted: false }),
            '"' | '\'' => {
                let mut word = String::new();
                loop {
                    match rest.next() {
                        Some('\\') => word.extend(rest.next()),
                        Some(end) if end == c => break,
                        Some(other) => word.push(other),
                        None => return Err("Error in the JQL Query: a quoted string has not been completed.".into()),
                    }
                }
                tokens.push(Token { text: word, quoted: true });
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '-' | ':') => {
                let mut word = c.to_string();
                while let Some(c) = rest.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.')) {
                    word.push(c);
                }
                tokens.push(Token { text: word, quoted: false });
            }
            other => return Err(format!("Error in the JQL Query: the character '{other}' is not understood here.")),
        }
    }
    Ok(tokens)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn next(&mut self) -> Result<Token, String> {
        let token = self.tokens.get(self.at).cloned().ok_or("Error in the JQL Query: it ends too early.")?;
        self.at += 1;
        Ok(token)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is(word));
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Result<String, String> {
        let token = self.next()?;
        let sign = !token.quoted && matches!(token.text.as_str(), "(" | ")" | "," | "=" | "!=");
        if sign {
            Err(format!("Error in the JQL Query: expecting a value but got '{}'.", token.text))
        } else {
            Ok(token.text)
        }
    }

    /// The keyword for "no value", in either spelling.
    fn empty(&mut self) -> bool {
        self.take("empty") || self.take("null")
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        if !self.take("(") {
            return Err("Error in the JQL Query: expecting '('.".to_owned());
        }
        let mut values = vec![self.value()?];
        while self.take(",") {
            values.push(self.value()?);
        }
        if self.take(")") { Ok(values) } else { Err("Error in the JQL Query: expecting ')'.".to_owned()) }
    }

    fn clause(&mut self) -> Result<Clause, String> {
        let name = self.value()?;
        let field = match name.to_lowercase().as_str() {
            "project" => Field::Project,
            "reporter" => Field::Reporter,
            "key" | "issuekey" | "issue" => Field::Key,
            "resolution" => Field::Resolution,
            "statuscategory" => Field::StatusCategory,
            "request type" => Field::RequestType,
            _ => return Err(format!("Field '{name}' does not exist or this site does not search it.")),
        };
        let test = if self.take("=") {
            if self.empty() { Test::Empty } else { Test::In(vec![self.value()?]) }
        } else if self.take("!=") {
            if self.empty() { Test::NotEmpty } else { Test::NotIn(vec![self.value()?]) }
        } else if self.take("in") {
            Test::In(self.values()?)
        } else if self.take("not") {
            if !self.take("in") {
                return Err("Error in the JQL Query: expecting IN.".to_owned());
            }
            Test::NotIn(self.values()?)
        } else if self.take("is") {
            let not = self.take("not");
            match (self.empty(), not) {
                (true, false) => Test::Empty,
                (true, true) => Test::NotEmpty,
                (false, _) => return Err("Error in the JQL Query: expecting EMPTY.".to_owned()),
            }
        } else {
            return Err(format!("Error in the JQL Query: expecting an operator after '{name}'."));
        };
        Ok(Clause { field, test })
    }

    fn order(&mut self) -> Result<(Order, Direction), String> {
        if !self.take("by") {
            return Err("Error in the JQL Query: expecting BY.".to_owned());
        }
        let name = self.value()?;
        let order = match name.to_lowercase().as_str() {
            "created" => Order::Created,
            "updated" => Order::Updated,
            "key" | "issuekey" => Order::Key,
            _ => return Err(format!("This site does not order by '{name}'.")),
        };
        let descending = self.take("desc");
        let ascending = !descending && self.take("asc");
        // Jira's own default: dates newest first, keys upwards.
        let down = descending || (!ascending && order != Order::Key);
        Ok((order, if down { Direction::Descending } else { Direction::Ascending }))
    }
}

/// Reads a query.
pub(crate) fn parse(text: &str) -> Result<Query, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0 };
    let mut query = Query { clauses: Vec::new(), order: None };
    let ended = |reader: &Reader| reader.at == reader.tokens.len();
    while !ended(&reader) {
        if reader.take("order") {
            query.order = Some(reader.order()?);
            return if ended(&reader) { Ok(query) } else { Err("Error in the JQL Query: text after ORDER BY.".into()) };
        }
        if !query.clauses.is_empty() && !reader.take("and") {
            return Err("Error in the JQL Query: expecting AND or ORDER BY.".to_owned());
        }
        query.clauses.push(reader.clause()?);
    }
    Ok(query)
}

impl Query {
    /// Refuses what Jira refuses after reading: projects and people that do not exist, tests that a field lacks.
    pub(crate) fn check(&self, state: &State) -> Result<(), String> {
        for clause in &self.clauses {
            let values = match &clause.test {
                Test::In(values) | Test::NotIn(values) => values,
                Test::Empty | Test::NotEmpty => continue,
            };
            for value in values {
                let exists = match clause.field {
                    Field::Project => state.project(value).is_some(),
                    Field::Reporter => state.people.contains_key(value),
                    Field::Key => state.item(value).is_some(),
                    Field::Resolution => ["unresolved", "done"].contains(&value.to_lowercase().as_str()),
                    Field::StatusCategory => ["done", "to do", "new", "in progress", "indeterminate"]
                        .contains(&value.to_lowercase().as_str()),
                    Field::RequestType => true,
                };
                if !exists {
                    return Err(format!("The value '{value}' does not exist for the field '{:?}'.", clause.field));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn holds(&self, state: &State, item: &WorkItem) -> bool {
        self.clauses.iter().all(|clause| clause.holds(state, item))
    }
}

impl Clause {
    fn holds(&self, state: &State, item: &WorkItem) -> bool {
        match &self.test {
            Test::In(values) => values.iter().any(|value| self.equals(state, item, value)),
            Test::NotIn(values) => !values.iter().any(|value| self.equals(state, item, value)),
            Test::Empty => self.empty(item),
            Test::NotEmpty => !self.empty(item),
        }
    }

    fn empty(&self, item: &WorkItem) -> bool {
        match self.field {
            Field::Resolution => item.resolved.is_none(),
            Field::RequestType => item.request_type.is_none(),
            Field::Project | Field::Reporter | Field::Key | Field::StatusCategory => false,
        }
    }

    fn equals(&self, state: &State, item: &WorkItem, value: &str) -> bool {
        match self.field {
            Field::Project => state.project(value).is_some_and(|project| project.id == item.project),
            Field::Reporter => item.reporter == value,
            Field::Key => item.key.eq_ignore_ascii_case(value) || item.id.to_string() == value,
            Field::Resolution => value.eq_ignore_ascii_case("unresolved") == item.resolved.is_none(),
            Field::StatusCategory => {
                let (key, name, _) = item.status_category();
                value.eq_ignore_ascii_case(key) || value.eq_ignore_ascii_case(name)
            }
            Field::RequestType => item.request_type.is_some() && value.starts_with("Get help"),
        }
    }
}
