//! The program `invite-guard`. Knows nothing but where its command line is.

fn main() -> std::process::ExitCode {
    invite_guard::cli::run()
}
