//! Atlassian's published specifications as judges: of what the app sends, and of what this site answers.
//! Knows no rule of its own but the specifications' known faults.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::calls::Call;
use crate::rest::Route;

const JIRA: &str = "jira-platform-v3.openapi.json";
const SERVICE_DESK: &str = "jsm-cloud.openapi.json";
const DOCUMENTS: &str = "adf-v1-full.schema.json";
const DESCRIPTORS: &str = "connect-jira-descriptor.schema.json";
const MANIFESTS: &str = "forge-manifest.schema.json";

/// The specifications in one folder, read and compiled piece by piece as they are needed.
pub(crate) struct Specs {
    folder: PathBuf,
    jira: OnceLock<Value>,
    service_desk: OnceLock<Value>,
    documents: OnceLock<Validator>,
    descriptors: OnceLock<Validator>,
    manifests: OnceLock<Validator>,
    compiled: Mutex<BTreeMap<String, Arc<Validator>>>,
}

fn read(folder: &Path, name: &str) -> io::Result<Value> {
    let path = folder.join(name);
    let say = |why: String| io::Error::other(format!("{}: {why}", path.display()));
    let text = std::fs::read(&path).map_err(|error| say(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| say(error.to_string()))
}

/// Formats are left alone: Jira's own moments are no RFC 3339, and descriptors call relative addresses "uri".
fn compile(schema: &Value) -> Result<Validator, String> {
    compile_as(Draft::Draft4, schema)
}

fn compile_as(draft: Draft, schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(draft)
        .should_validate_formats(false)
        .build(schema)
        .map_err(|error| error.to_string())
}

/// Puts the names of all components into `names` that a schema refers to, directly or not.
fn references(spec: &Value, node: &Value, names: &mut BTreeSet<String>) {
    match node {
        Value::Object(map) => {
            let name = map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/components/schemas/"));
            if let Some(name) = name
                && names.insert(name.to_owned())
            {
                references(spec, &spec["components"]["schemas"][name], names);
            }
            map.values().for_each(|value| references(spec, value, names));
        }
        Value::Array(list) => list.iter().for_each(|value| references(spec, value, names)),
        _ => {}
    }
}

impl Specs {
    /// Reads the specifications of a folder, once per process.
    pub(crate) fn of(folder: &Path) -> io::Result<Arc<Self>> {
        static KNOWN: OnceLock<Mutex<BTreeMap<PathBuf, Arc<Specs>>>> = OnceLock::new();
        let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(specs) = known.get(folder) {
            return Ok(specs.clone());
        }
        for file in [JIRA, SERVICE_DESK, DOCUMENTS, DESCRIPTORS, MANIFESTS] {
            // Told at the start, not in the middle of a test.
            let path = folder.join(file);
            std::fs::metadata(&path).map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
        }
        let specs = Arc::new(Self {
            folder: folder.to_owned(),
            jira: OnceLock::new(),
            service_desk: OnceLock::new(),
            documents: OnceLock::new(),
            descriptors: OnceLock::new(),
            manifests: OnceLock::new(),
            compiled: Mutex::default(),
        });
        known.insert(folder.to_owned(), specs.clone());
        Ok(specs)
    }

    /// The files are part of the test's equipment: one that cannot be read is a mistake to be told loudly.
    fn read(&self, name: &str) -> Value {
        read(&self.folder, name).unwrap_or_else(|error| panic!("a specification cannot be read: {error}"))
    }

    fn compiled(&self, name: &str) -> Validator {
        compile(&self.read(name)).unwrap_or_else(|error| panic!("{name} cannot be compiled: {error}"))
    }

    fn of_route(&self, route: &Route) -> &Value {
        if route.template.starts_with("/rest/servicedeskapi/") {
            self.service_desk.get_or_init(|| self.read(SERVICE_DESK))
        } else {
            self.jira.get_or_init(|| self.read(JIRA))
        }
    }

    /// The operation of a route, `null` if the specification has none.
    pub(crate) fn operation(&self, route: &Route) -> &Value {
        &self.of_route(route)["paths"][route.template][route.method.to_ascii_lowercase()]
    }

    fn validator(&self, route: &Route, name: &str, schema: &Value) -> Option<Arc<Validator>> {
        let name = format!("{} {} {name}", route.method, route.template);
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.get(&name) {
            return Some(known.clone());
        }
        let spec = self.of_route(route);
        let mut names = BTreeSet::new();
        references(spec, schema, &mut names);
        let parts: BTreeMap<&String, &Value> =
            names.iter().map(|name| (name, &spec["components"]["schemas"][name])).collect();
        let whole = json!({"allOf": [schema], "components": {"schemas": parts}});
        let validator = Arc::new(compile(&whole).ok()?);
        compiled.insert(name, validator.clone());
        Some(validator)
    }

    /// Faults of a request: unknown parameters, a body that breaks its schema, a document that breaks the ADF schema.
    pub(crate) fn request(&self, route: &Route, call: &Call) -> Vec<String> {
        let operation = self.operation(route);
        let mut faults = unknown_parameters(operation, call);
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            return faults;
        }
        let Ok(body) = serde_json::from_slice::<Value>(&call.body) else {
            faults.push("body is not JSON".to_owned());
            return faults;
        };
        if let Some(validator) = self.validator(route, "request", schema) {
            faults.extend(errors(&validator, &body));
        }
        faults.extend(self.document_in(route, &body));
        faults
    }

    /// Comments and descriptions are "anything" to the specification; the ADF schema knows better.
    fn document_in(&self, route: &Route, body: &Value) -> Vec<String> {
        let document = match route.template {
            "/rest/api/3/issue/{issueIdOrKey}/comment" | "/rest/api/3/issue/{issueIdOrKey}/comment/{id}" => {
                &body["body"]
            }
            "/rest/api/3/issue" => &body["fields"]["description"],
            _ => return Vec::new(),
        };
        if document.is_null() {
            Vec::new()
        } else {
            errors(self.documents.get_or_init(|| self.compiled(DOCUMENTS)), document)
        }
    }

    /// Faults of an answer of this site.
    pub(crate) fn answer(&self, route: &Route, status: u16, body: &Value) -> Vec<String> {
        let answers = &self.operation(route)["responses"];
        let answer = &answers[status.to_string()];
        if answer.is_null() {
            // The specifications leave out most refusals.
            return if status < 300 {
                vec![format!("status {status} is not in the specification")]
            } else {
                Vec::new()
            };
        }
        let schema = &answer["content"]["application/json"]["schema"];
        if schema.is_null() {
            return Vec::new();
        }
        let Some(validator) = self.validator(route, &status.to_string(), schema) else {
            return vec![format!("the schema of status {status} cannot be compiled")];
        };
        errors(&validator, &without_known_faults(route, body))
    }

    /// Faults of an app's descriptor. The schema is of 2019 and lacks the two migrations that are needed today.
    pub(crate) fn descriptor(&self, descriptor: &Value) -> Vec<String> {
        let mut descriptor = descriptor.clone();
        if let Some(migrations) = descriptor["apiMigrations"].as_object_mut() {
            migrations.remove("signed-install");
            migrations.remove("context-qsh");
        }
        errors(self.descriptors.get_or_init(|| self.compiled(DESCRIPTORS)), &descriptor)
    }

    /// Faults of a Forge app's manifest.
    pub(crate) fn manifest(&self, manifest: &Value) -> Vec<String> {
        let compiled = || {
            let schema = compile_as(Draft::Draft7, &self.read(MANIFESTS));
            schema.unwrap_or_else(|error| panic!("{MANIFESTS} cannot be compiled: {error}"))
        };
        errors(self.manifests.get_or_init(compiled), manifest)
    }

    /// Every OAuth scope that an operation of Jira or of the service desk takes.
    pub(crate) fn scopes(&self) -> BTreeSet<String> {
        let specs =
            [self.jira.get_or_init(|| self.read(JIRA)), self.service_desk.get_or_init(|| self.read(SERVICE_DESK))];
        let mut scopes = BTreeSet::new();
        for operation in specs
            .iter()
            .flat_map(|spec| spec["paths"].as_object())
            .flatten()
            .filter_map(|(_, path)| path.as_object())
            .flatten()
        {
            for set in operation.1["x-atlassian-oauth2-scopes"].as_array().into_iter().flatten() {
                let names = set["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
                scopes.extend(names.map(str::to_owned));
            }
        }
        scopes
    }
}

/// Jira ignores parameters that it does not know, which hides mistakes for years.
fn unknown_parameters(operation: &Value, call: &Call) -> Vec<String> {
    let known: Vec<&str> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|parameter| parameter["in"] == "query")
        .filter_map(|parameter| parameter["name"].as_str())
        .collect();
    let unknown = call.query.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    unknown.map(|(name, _)| format!("parameter {name} is not in the specification")).collect()
}

/// The specification forbids `authorAccountId` in audit records, though its own example and every real record have it.
fn without_known_faults(route: &Route, body: &Value) -> Value {
    let mut body = body.clone();
    if route.template == "/rest/api/3/auditing/record" {
        for record in body.get_mut("records").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(record) = record.as_object_mut() {
                record.remove("authorAccountId");
            }
        }
    }
    body
}

/// What is wrong and where, without the values.
fn errors(validator: &Validator, body: &Value) -> Vec<String> {
    validator
        .iter_errors(body)
        .take(5)
        .map(|error| format!("body at {:?}: {}", error.instance_path().as_str(), error.masked()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::Scope;
    use crate::rest::ROUTES;

    #[test]
    fn every_route_is_in_the_specification_with_its_scope() {
        let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
        let folder = std::env::var_os("INVITE_GUARD_SHARED").map_or_else(beside, PathBuf::from).join("contracts");
        if !folder.is_dir() {
            assert!(
                std::env::var_os("CI").is_none(),
                "Atlassian's specifications are missing: set INVITE_GUARD_SHARED"
            );
            return;
        }
        let specs = Specs::of(&folder).expect("the specifications can be read");
        for route in ROUTES {
            let operation = specs.operation(route);
            assert!(operation.is_object(), "{} {} is not in the specification", route.method, route.template);
            let scope = operation["x-atlassian-connect-scope"].as_str().and_then(Scope::read);
            assert_eq!(scope, Some(route.scope), "scope of {} {}", route.method, route.template);
            for (state, ours) in [("Current", route.oauth.classic), ("Beta", route.oauth.granular)] {
                let sets = operation["x-atlassian-oauth2-scopes"].as_array().into_iter().flatten();
                let set = sets.filter(|set| set["state"] == state).flat_map(|set| set["scopes"].as_array());
                let theirs: BTreeSet<&str> = set.flatten().filter_map(Value::as_str).collect();
                let ours: BTreeSet<&str> = ours.iter().copied().collect();
                assert_eq!(ours, theirs, "{state} OAuth scopes of {} {}", route.method, route.template);
            }
        }
    }
}
