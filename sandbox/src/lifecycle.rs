//! Installing an app: reading its descriptor as strictly as Jira does, and the four signed lifecycle calls.
//! Does not know what the app does with them; only status codes are looked at.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use crate::descriptor;
use crate::site::Site;
use crate::tokens::{self, SigningKey};

/// The installed app, as far as the site remembers it.
#[derive(Debug, Clone)]
pub struct App {
    /// The key in its descriptor.
    pub key: String,
    /// Its own base URL, as the descriptor gives it.
    pub base_url: String,
    /// The whole descriptor.
    pub descriptor: Value,
    /// The widest scope that it asks for.
    pub scope: descriptor::Scope,
    /// Declared webhooks: event and relative URL.
    pub webhooks: Vec<(String, String)>,
    /// Secret in force.
    pub secret: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// ARI of the Forge installation that it has moved to, if it has.
    pub installation_id: Option<String>,
}

impl App {
    /// The path part of the base URL, without a slash at its end.
    pub(crate) fn base_path(&self) -> String {
        Url::parse(&self.base_url).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default()
    }

    fn lifecycle_path(&self, event: &str) -> Option<String> {
        self.descriptor["lifecycle"][event].as_str().map(str::to_owned)
    }
}

/// Why an install came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallError {
    /// The app could not be reached.
    Unreachable(String),
    /// The descriptor is one that Jira refuses; each reason in a sentence.
    Descriptor(Vec<String>),
    /// The app answered a lifecycle call with another status than 2xx.
    Refused {
        /// Which call.
        event: String,
        /// Which status.
        status: u16,
    },
    /// Nothing is installed.
    NotInstalled,
}

impl std::fmt::Display for InstallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "the app could not be reached: {why}"),
            Self::Descriptor(reasons) => write!(f, "the descriptor is refused: {}", reasons.join("; ")),
            Self::Refused { event, status } => write!(f, "the app answered {status} to {event}"),
            Self::NotInstalled => f.write_str("no app is installed"),
        }
    }
}

impl std::error::Error for InstallError {}

/// A request to the app, signed and not yet sent, so that a test may bend it first.
#[derive(Debug, Clone)]
pub struct SignedRequest {
    /// Method.
    pub method: String,
    /// Whole URL.
    pub url: String,
    /// Headers, `Authorization` among them.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
}

/// What the app answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body as text.
    pub body: String,
}

impl SignedRequest {
    /// Sets a header, in place of one of the same name.
    pub fn header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a header away.
    pub fn without(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// Sends it. The error text never holds a token.
    pub async fn send(&self) -> Result<Answer, String> {
        self.send_within(&client(), Duration::from_secs(20)).await
    }

    pub(crate) async fn send_within(&self, client: &reqwest::Client, limit: Duration) -> Result<Answer, String> {
        let method = reqwest::Method::from_bytes(self.method.as_bytes()).map_err(|error| error.to_string())?;
        let mut request = client.request(method, &self.url).timeout(limit).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        let status = answer.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let body = answer.text().await.map_err(|error| error.without_url().to_string())?;
        Ok(Answer { status, headers, body })
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("Atlassian HttpClient 1.0.0 (sandbox)")
        .build()
        .expect("a plain HTTP client can be built")
}

/// A secret of 256 bits and more, as Jira makes them.
pub(crate) fn fresh_secret() -> String {
    format!("ATCO{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}

impl Site {
    /// Fetches the descriptor and judges it.
    async fn read_descriptor(&self, app_base_url: &str) -> Result<App, InstallError> {
        let base = app_base_url.trim_end_matches('/');
        let url = format!("{base}/atlassian-connect.json");
        let unreachable = |error: reqwest::Error| InstallError::Unreachable(error.to_string());
        let answer = self.client.get(&url).send().await.map_err(unreachable)?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(InstallError::Descriptor(vec![format!("{url} answers {status}")]));
        }
        let body = answer.text().await.map_err(unreachable)?;
        let app = descriptor::read(&body, base, &fresh_secret()).map_err(InstallError::Descriptor)?;
        let broken = self.specs.as_ref().map(|specs| specs.descriptor(&app.descriptor)).unwrap_or_default();
        if broken.is_empty() { Ok(app) } else { Err(InstallError::Descriptor(broken)) }
    }

    /// The body of a lifecycle call.
    pub(crate) fn lifecycle_body(&self, app: &App, event: &str) -> Value {
        let state = self.lock();
        let mut body = json!({
            "key": app.key,
            "clientKey": state.client_key,
            "serverVersion": "100000",
            "pluginsVersion": "1001.0.0-SNAPSHOT",
            "baseUrl": state.base_url,
            "displayUrl": state.display_url.as_ref().unwrap_or(&state.base_url),
            "displayUrlServicedeskHelpCenter": state.base_url,
            "productType": "jira",
            "description": format!("Atlassian Jira at {}", state.base_url),
            "eventType": event,
        });
        if event == "installed" {
            body["sharedSecret"] = json!(app.secret);
        }
        if let Some(id) = &app.installation_id {
            body["installationId"] = json!(id);
        }
        if app.installation_id.is_some() || state.forge.cloud_id_told {
            body["cloudId"] = json!(state.forge.cloud_id);
        }
        body
    }

    /// A lifecycle call, signed as Jira signs it: RS256 for installed and uninstalled, HS256 for the others.
    pub(crate) fn lifecycle_request(&self, app: &App, event: &str) -> Option<SignedRequest> {
        let path = app.lifecycle_path(event)?;
        let body = self.lifecycle_body(app, event).to_string();
        let target = format!("{}{path}", app.base_path());
        let mut claims = self.claims("POST", &target, &app.base_path());
        let token = if matches!(event, "installed" | "uninstalled") {
            claims["aud"] = json!([app.base_url]);
            SigningKey::of_the_site().sign(&claims, &self.kid())
        } else {
            tokens::sign_hs256(&claims, &app.secret)
        };
        Some(SignedRequest {
            method: "POST".to_owned(),
            url: format!("{}{path}", app.base_url),
            headers: vec![
                ("Authorization".to_owned(), format!("JWT {token}")),
                ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()),
            ],
            body,
        })
    }

    /// The claims that every token of the site has. `target` is path and query as they are sent.
    pub(crate) fn claims(&self, method: &str, target: &str, base_path: &str) -> Value {
        let state = self.lock();
        let now = state.now().as_second();
        json!({
            "iss": state.client_key,
            "iat": now,
            "exp": now + 180,
            "qsh": tokens::qsh(method, target, base_path),
        })
    }

    /// A POST to a declared path of the installed app, signed as webhooks are.
    pub(crate) fn signed_post(&self, path: &str, body: &str) -> Option<SignedRequest> {
        let app = self.lock().app.clone()?;
        let claims = self.claims("POST", &format!("{}{path}", app.base_path()), &app.base_path());
        let token = tokens::sign_hs256(&claims, &app.secret);
        Some(SignedRequest {
            method: "POST".to_owned(),
            url: format!("{}{path}", app.base_url),
            headers: vec![
                ("Authorization".to_owned(), format!("JWT {token}")),
                ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()),
            ],
            body: body.to_owned(),
        })
    }

    pub(crate) async fn call_lifecycle(&self, app: &App, event: &str) -> Result<(), InstallError> {
        let Some(request) = self.lifecycle_request(app, event) else { return Ok(()) };
        let answer = request.send_within(&self.client, Duration::from_secs(20)).await;
        match answer {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(InstallError::Refused { event: event.to_owned(), status: answer.status }),
            Err(why) => Err(InstallError::Unreachable(why)),
        }
    }

    /// Installs, or installs again with a fresh secret. A refused `installed` changes nothing. A refused `enabled` is
    /// of no consequence, as with Jira.
    pub(crate) async fn install(&self, app_base_url: &str) -> Result<(), InstallError> {
        let app = self.read_descriptor(app_base_url).await?;
        self.call_lifecycle(&app, "installed").await?;
        {
            let mut state = self.lock();
            let account = match state.app_account.clone() {
                Some(account) => account,
                None => state.make_app_account(app.descriptor["name"].as_str().unwrap_or("App")),
            };
            // A reinstall keeps the rights as an admin has left them.
            if state.app_account.replace(account.clone()).is_none() {
                state.grant_app(&account, app.scope == descriptor::Scope::Admin);
            }
            state.app = Some(App { enabled: true, ..app.clone() });
        }
        let _ = self.call_lifecycle(&app, "enabled").await;
        Ok(())
    }

    /// Sends `installed` with a fresh secret for the app as it is, and no `enabled`: what a renamed site does.
    pub(crate) async fn install_renamed(&self) -> Result<(), InstallError> {
        let mut app = self.lock().app.clone().ok_or(InstallError::NotInstalled)?;
        app.secret = fresh_secret();
        self.call_lifecycle(&app, "installed").await?;
        self.lock().app = Some(app);
        Ok(())
    }

    /// Disables and uninstalls. Jira does not care for the answers.
    pub(crate) async fn uninstall(&self) -> Result<(), InstallError> {
        let app = self.lock().app.take().ok_or(InstallError::NotInstalled)?;
        let disabled = self.call_lifecycle(&app, "disabled").await;
        self.call_lifecycle(&app, "uninstalled").await.and(disabled)
    }
}
