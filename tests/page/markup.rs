//! What no page of ours may contain, whatever people are called, and what a frame page and its files are.
//! Knows no state's wording.

use super::{HOSTILE, all_states, at, case, names, page_of, panel_of};
use invite_guard::domain::TenantId;
use invite_guard::domain::tenant::{Connect, State, Tenant};
use invite_guard::web;
use invite_guard::web::panel::{health, issue};
use invite_guard::web::shell::{self, Asset, Assets, Frame};
use invite_guard::words::Words;
use std::collections::BTreeMap;
use std::path::Path;
use url::Url;

const BRIDGE: &str = "https://connect-cdn.example/all.js";

/// All markup we ever send.
fn all_markup() -> Vec<(String, String)> {
    let words = Words::for_locale("en");
    let mut all: Vec<(String, String)> =
        all_states().into_iter().map(|(name, fragment)| (name.to_owned(), fragment.html)).collect();
    for frame in Frame::ALL {
        let page = shell::page(frame, "/guard", BRIDGE, &words).expect("the shell renders");
        all.push((format!("shell-{frame:?}"), page));
    }
    for (name, content) in shell::forge_files().expect("the files render") {
        if name.ends_with(".html") {
            all.push((name, String::from_utf8(content.into_owned()).expect("text")));
        }
    }
    all.push(("hostile-page".to_owned(), hostile_page(&words)));
    all.push(("hostile-panel".to_owned(), hostile_panel(&words)));
    all
}

pub(crate) fn hostile_page(words: &Words) -> String {
    let cases = vec![
        case("qm:1:a", "created_by_automation/blocks.json", 38),
        case("qm:1:b", "existing_customer/blocks_by_audit.json", 36),
    ];
    let mut page = page_of("notification_disabled/blocks.json", cases);
    page.names = names(HOSTILE);
    page.names.0.values_mut().for_each(|name| *name = HOSTILE.to_owned());
    page.space = HOSTILE.to_owned();
    page.project.key = HOSTILE.to_owned();
    page.portal = Some(format!("javascript:{HOSTILE}"));
    page.project.missing = vec![HOSTILE.to_owned()];
    health::render(&page, words).expect("the page renders").html
}

fn hostile_panel(words: &Words) -> String {
    let mut panel = panel_of(Some(case("qm:1:a", "created_by_automation/blocks.json", 38)));
    panel.names.0.values_mut().for_each(|name| *name = HOSTILE.to_owned());
    panel.request = HOSTILE.to_owned();
    panel.space = HOSTILE.to_owned();
    issue::render(&panel, words).expect("the panel renders").html
}

/// Every tag of a page, without its text.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split('>').next())
}

/// Names of a tag's attributes; values may hold anything but a double quote.
fn attributes(tag: &str) -> Vec<&str> {
    let mut outside = tag.split('"').step_by(2).collect::<Vec<_>>();
    outside.retain(|part| !part.is_empty());
    outside.iter().flat_map(|part| part.split_whitespace()).filter_map(|word| word.strip_suffix('=')).collect()
}

#[test]
fn nothing_inline_anywhere() {
    for (name, html) in all_markup() {
        for tag in tags(&html) {
            for attribute in attributes(tag) {
                assert_ne!(attribute, "style", "{name}: <{tag}> has a style; the policy blocks it, use a class");
                assert!(!attribute.starts_with("on"), "{name}: <{tag}> has a handler; use data-action");
                assert!(attribute != "href" || !tag.contains("\"javascript:"), "{name}: <{tag}> runs a script");
            }
        }
        for script in html.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap_or((script, ""));
            assert!(tag.contains(" src=\""), "{name}: <script{tag}> is inline; the policy blocks it");
            assert!(rest.starts_with("</script>"), "{name}: <script{tag}> has content");
        }
        assert!(!html.contains("<style"), "{name}: a style element; the policy blocks it");
    }
}

#[test]
fn a_hostile_name_is_text() {
    let words = Words::for_locale("en");
    let mut screens = vec![("page", hostile_page(&words)), ("panel", hostile_panel(&words))];
    let others = all_states().into_iter().filter(|(name, _)| name.ends_with("-hostile"));
    screens.extend(others.map(|(name, fragment)| (name, fragment.html)));
    for (name, html) in screens {
        let escaped = ["&lt;script&gt;alert(1)", "&#60;script&#62;alert(1)"];
        assert!(escaped.iter().any(|text| html.contains(text)), "{name}: the name is shown, escaped");
        assert!(!html.contains("<script"), "{name}: no element comes from a name");
        assert!(!html.contains("</textarea>"), "{name}: no element ends by a name");
        assert!(!html.contains("\" onclick="), "{name}: no attribute comes from a name");
    }
}

#[test]
fn a_frame_page_holds_no_data_and_loads_three_files() {
    let words = Words::for_locale("en");
    let page = shell::page(Frame::Issue, "/guard/", BRIDGE, &words).expect("the shell renders");
    let loaded: Vec<&str> = page
        .split("src=\"")
        .skip(1)
        .chain(page.split("<link rel=\"stylesheet\" href=\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(loaded, [BRIDGE, "/guard/static/connect.js", "/guard/static/app.css"]);
    assert!(page.contains("data-options=\"margin:false\""), "the bridge must not add a margin");
    let again = shell::page(Frame::Issue, "/guard", BRIDGE, &words).expect("the shell renders");
    assert_eq!(page, again, "a frame page is the same for everybody");
    insta::assert_snapshot!("shell-issue", page);
}

/// Atlassian serves these files from an address that we do not know, under a policy that we do not make.
#[test]
fn the_page_for_forge_is_the_same_with_addresses_beside_it() {
    let files: BTreeMap<_, _> = shell::forge_files().expect("the files render").into_iter().collect();
    let text = |name: &str| {
        let content = files.get(name).unwrap_or_else(|| panic!("{name} is not written"));
        String::from_utf8(content.to_vec()).unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    let page = text("index.html");
    for tag in tags(&page).filter(|tag| tag.contains("src=\"") || tag.starts_with("link")) {
        let file = tag
            .split('"')
            .find_map(|part| part.strip_prefix("./"))
            .unwrap_or_else(|| panic!("<{tag}> leaves the folder"));
        assert!(files.contains_key(file), "<{tag}> names a file that is not written");
    }
    for script in files.keys().filter(|name| name.ends_with(".js")) {
        let text = text(script);
        for other in text.split("from './").skip(1).filter_map(|rest| rest.split('\'').next()) {
            assert!(files.contains_key(other), "{script} imports {other}, which is not written");
        }
    }
    // What people see before an answer is there is one text, whichever door they came through.
    let states =
        |page: &str| page.split_once("<main").map(|(_, rest)| rest.to_owned()).expect("a page has a main part");
    let connect = shell::page(Frame::Project, "", BRIDGE, &Words::for_locale("en")).expect("the shell renders");
    assert_eq!(states(&page), states(&connect), "both doors have the same states");
    // The manifest's modules are the frames; a module without one would show an error for ever.
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("manifest.yml"));
    let manifest = manifest.unwrap_or_else(|e| panic!("manifest.yml: {e}"));
    for frame in Frame::ALL {
        assert!(
            manifest.contains(&format!("    - key: {}\n      resource: page\n", frame.key())),
            "no module {}",
            frame.key()
        );
        assert!(page.contains(&format!("data-module=\"{}\" data-path=\"{}\"", frame.key(), frame.path())), "{frame:?}");
    }
    assert_eq!(manifest.matches("\n      resource: page\n").count(), Frame::ALL.len(), "a module has no frame");
    for icon in manifest.split("resource:page;").skip(1).filter_map(|rest| rest.lines().next()) {
        assert!(files.contains_key(icon), "manifest.yml names {icon}, which is not among the files");
    }
    // Each language is named in the page and has its states, with the very same places to fill.
    let shapes = |html: &str| tags(html).map(str::to_owned).collect::<Vec<_>>();
    let english = shapes(&text("states.en.html"));
    for language in Words::languages() {
        assert_eq!(shapes(&text(&format!("states.{language}.html"))), english, "{language} has other states");
    }
    assert!(
        page.contains(&format!("data-languages=\"{}\"", Words::languages().join(" "))),
        "the page knows its languages"
    );
}

#[test]
fn our_own_files_stay_light() {
    let mut sum = 0;
    for file in Assets::iter() {
        let asset = Asset::named(&file).unwrap_or_else(|| panic!("{file} is listed and not there"));
        sum += asset.body.len();
        assert!(
            asset.is_known(&asset.tag) && asset.is_known(&format!("\"x\", W/{}", asset.tag)),
            "{file}: its own tag"
        );
        assert!(!asset.is_known("\"x\""), "{file}: another tag");
    }
    let words = Words::for_locale("en");
    sum += shell::page(Frame::Project, "", BRIDGE, &words).expect("the shell renders").len();
    assert!(sum < 60_000, "{sum} bytes; the frame opens beside a request and must stay light");
    assert!(Asset::named("../shell.rs").is_none() && Asset::named("").is_none(), "only what lies in the folder");
}

/// Files of words that pages alone use, and how their ids begin.
const PAGE_WORDS: &[(&str, &[&str])] = &[
    ("page", &["page-"]),
    ("settings", &["settings-", "asked-", "trail-"]),
    ("overview", &["overview-"]),
    ("organisation", &["organisation-"]),
];

/// Ids that are put together from a beginning and a stable name.
const COMPOSED: &[&str] = &[
    "page-answer-",
    "page-open-",
    "page-ask-",
    "page-people-",
    "page-via-",
    "page-state-",
    "page-affects-",
    "page-comments-",
    "page-ended-",
    "page-way-",
    "settings-effect-",
    "settings-import-",
    "overview-source-",
    "organisation-adding-",
    "asked-",
    "trail-",
];

/// All text of a folder.
fn read_all(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())).flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => read_all(&path, into),
            false => into.push_str(&std::fs::read_to_string(&path).expect("a text")),
        }
    }
}

/// Every message of the pages is used, and every message that is used is there.
#[test]
fn page_words_are_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut used = String::new();
    for folder in ["src/web/templates", "src/web/panel"] {
        read_all(&root.join(folder), &mut used);
    }
    used.push_str(&read("src/web/shell.rs"));
    for (file, beginnings) in PAGE_WORDS {
        let ftl = read(&format!("src/words/locales/en/{file}.ftl"));
        let known = ftl.lines().filter(|line| beginnings.iter().any(|beginning| line.starts_with(beginning)));
        let known: Vec<&str> = known.filter_map(|line| line.split(" =").next()).collect();
        let composed = |id: &str| COMPOSED.iter().any(|family| id.starts_with(family));
        let idle: Vec<_> = known.iter().filter(|id| !composed(id) && !used.contains(&format!("\"{id}\""))).collect();
        assert!(idle.is_empty(), "nobody uses {idle:?}");
    }
    for (name, html) in all_markup() {
        for beginning in PAGE_WORDS.iter().flat_map(|(_, beginnings)| *beginnings) {
            // An id that no file has comes back as itself.
            let left = html.split_once(&format!(">{beginning}")).map(|(_, rest)| rest.split(['<', '"']).next());
            assert!(left.is_none(), "{name}: \"{beginning}{}\" has no words", left.flatten().unwrap_or_default());
            assert!(!html.contains(&format!("\"{beginning}")), "{name}: an attribute has no words: {beginning}…");
        }
        assert!(!html.contains("{ $") && !html.contains("{$"), "{name}: a message lacks an argument");
    }
}

#[test]
fn every_control_has_a_name_and_a_screen_has_one_primary_button_at_most() {
    for (name, html) in all_markup() {
        assert!(html.matches("btn primary").count() <= 1, "{name}: more than one primary button");
        for (at, _) in html.match_indices("<input").chain(html.match_indices("<select")) {
            let before = html.get(..at).unwrap_or_default();
            let open =
                before.rfind("<label").is_some_and(|open| before.rfind("</label").is_none_or(|shut| shut < open));
            assert!(open, "{name}: a control without a label");
        }
        let levels: Vec<u32> = tags(&html)
            .filter_map(|tag| tag.strip_prefix('h')?.get(..1)?.parse().ok().filter(|level| *level <= 6))
            .collect();
        if !name.starts_with("shell") && !name.ends_with(".html") {
            assert_eq!(levels.first(), Some(&1), "{name}: the first heading is the screen's");
            let skips = levels.windows(2).find(|pair| pair[1] > pair[0] + 1);
            assert!(skips.is_none(), "{name}: headings skip from {skips:?}");
        }
    }
}

#[test]
fn each_tenant_has_a_policy_of_its_own() {
    let bridge: Url = BRIDGE.parse().expect("a URL");
    let of = |site: &str, shown: Option<&str>| web::csp(&tenant(site, shown), &bridge);
    let plain = of("https://one.atlassian.net", None);
    let custom = of("https://two.atlassian.net", Some("https://help.two.example/x"));
    let ancestors = |policy: &str| {
        let part = policy.split(';').map(str::trim).find_map(|part| part.strip_prefix("frame-ancestors "));
        part.unwrap_or_else(|| panic!("no frame-ancestors in {policy}")).to_owned()
    };
    assert_eq!(ancestors(&plain), "https://one.atlassian.net");
    assert_eq!(ancestors(&custom), "https://two.atlassian.net https://help.two.example");
    for policy in [plain, custom] {
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.contains("https://connect-cdn.example"), "the bridge may load: {policy}");
        for hole in ["unsafe-inline", "unsafe-eval", " *", "http:", "data: 'self' *"] {
            assert!(!policy.contains(hole), "{hole} in {policy}");
        }
    }
}

fn tenant(site: &str, shown: Option<&str>) -> Tenant {
    Tenant {
        id: TenantId(1),
        base_url: site.parse().expect("a URL"),
        display_url: shown.map(|url| url.parse().expect("a URL")),
        help_center_url: None,
        cloud_id: None,
        connect: Some(Connect {
            client_key: "key".to_owned(),
            app_key: "invite-guard".to_owned(),
            shared_secret: "secret".into(),
            previous_secret: None,
            installation_id: None,
        }),
        forge: None,
        state: State::Active,
        installed_at: at("2026-11-20T08:00:00Z"),
    }
}
