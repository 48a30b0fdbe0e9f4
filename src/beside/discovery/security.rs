//! `/.well-known/security.txt` (RFC 9116): whom to tell of a weakness.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Days, NaiveTime, SecondsFormat, Utc};

use super::answer;
use crate::beside::published::Published;
use crate::clock;
use crate::problem::{Code, Problem};

/// How long what it says holds, in days: under a year, as the RFC advises. It is
/// counted from this day's beginning, so the text is the same all day.
const HOLDS: Days = Days::new(180);

pub(super) async fn get(
    request: HttpRequest,
    published: Data<Published>,
) -> Result<HttpResponse, Problem> {
    let body = text(&published, clock::now()).ok_or_else(|| {
        // To whoever looks for the file that is the truth: there is none.
        Problem::new(
            Code::NotFound,
            "the operator of this service has set no SECURITY_CONTACT",
        )
    })?;
    answer(&request, body, "text/plain; charset=utf-8")
}

/// The file; nothing without anybody to tell.
fn text(published: &Published, now: DateTime<Utc>) -> Option<String> {
    let settings = &published.settings;
    if settings.security_contact.is_empty() {
        return None;
    }
    let expires = now.date_naive().and_time(NaiveTime::MIN).and_utc() + HOLDS;
    let own = published.at("/.well-known/security.txt");
    let mut fields: Vec<(&str, String)> = Vec::new();
    for contact in &settings.security_contact {
        fields.push(("Contact", contact.clone()));
    }
    let expires = expires.to_rfc3339_opts(SecondsFormat::Secs, true);
    fields.push(("Expires", expires));
    fields.push(("Preferred-Languages", "sv, en".to_owned()));
    // An address in it must be https (RFC 9116, 2.5.2).
    if own.starts_with("https://") {
        fields.push(("Canonical", own));
    }
    if let Some(policy) = &settings.security_policy_url {
        fields.push(("Policy", policy.clone()));
    }
    let lines = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"));
    Some(lines.collect())
}
