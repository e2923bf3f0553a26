//! The built program, run with settings of its own against a sandbox.
//! Knows no verdict.

use crate::store::engines::KEY;
use invite_guard_sandbox::Sandbox;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tokio::time::Instant;

/// Longest wait for anything the program does by itself.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The program with these settings, not started.
pub(super) fn command(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_invite-guard"));
    command.args(arguments).env_clear();
    for (key, value) in settings {
        command.env(format!("INVITE_GUARD__{key}"), value);
    }
    command
}

/// Runs the program to its end.
pub(super) fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    command(arguments, settings).output().expect("the program can be started")
}

/// A running `serve`.
pub(super) struct Program {
    child: Child,
    /// Where it is reached.
    pub(super) url: String,
    settings: Vec<(String, String)>,
}

impl Program {
    /// Starts `serve` on a SQLite file in this folder, installable by this site, and waits until it is ready.
    pub(super) async fn start(site: &Sandbox, folder: &Path) -> Self {
        // The port is free again for the program the moment the listener is dropped; it needs it in its settings.
        let port =
            std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).expect("a free port").port();
        let url = format!("http://127.0.0.1:{port}");
        let site_host = site.base_url().trim_start_matches("http://").to_owned();
        let settings = [
            ("SERVER__BIND", format!("127.0.0.1:{port}")),
            ("SERVER__PUBLIC_URL", url.clone()),
            ("STORE__URL", format!("sqlite://{}", folder.join("guard.db").display())),
            ("SECRETS__KEYS", KEY.to_owned()),
            ("CONNECT__TENANT_HOSTS", site_host),
            ("CONNECT__INSTALL_KEYS_URL", site.keys_url()),
            ("WORKER__AUDIT_INTERVAL", "1h".to_owned()),
            ("WORKER__RECONCILE_INTERVAL", "0".to_owned()),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value)).to_vec();
        let mut program = Self { child: spawn(&settings), url, settings };
        program.ready().await;
        program
    }

    /// The most memory it ever held, in MiB.
    pub(super) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a running program");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells the peak");
        line.trim().trim_end_matches("kB").trim().parse::<u64>().expect("a number") / 1024
    }

    /// Ends it as a power cut would.
    pub(super) fn kill(&mut self) {
        self.child.kill().expect("a running program can be killed");
        self.child.wait().expect("a killed program ends");
    }

    /// Starts it anew on what it left behind.
    pub(super) async fn restart(&mut self) {
        self.child = spawn(&self.settings);
        self.ready().await;
    }

    /// Asks it to stop, and tells how it ended.
    pub(super) async fn stop(&mut self) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "SIGTERM could not be sent");
        let child = &mut self.child;
        wait_until("the program stops", || std::future::ready(child.try_wait().expect("a child").is_some())).await;
        self.child.wait().expect("a stopped program").code()
    }

    async fn ready(&mut self) {
        let url = format!("{}/readyz", self.url);
        wait_until("the program is ready", || {
            let asked = reqwest::get(url.clone());
            async move { asked.await.is_ok_and(|answer| answer.status().is_success()) }
        })
        .await;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(settings: &[(String, String)]) -> Child {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    command(&["serve"], &settings).stderr(Stdio::null()).spawn().expect("the program can be started")
}

/// Looks until it is so; the process cannot be asked to tell.
pub(super) async fn wait_until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let began = Instant::now();
    let mut looks = tokio::time::interval(Duration::from_millis(25));
    loop {
        looks.tick().await;
        if is_so().await {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain until {what}");
    }
}
