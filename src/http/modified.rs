//! `Last-Modified` and `If-Modified-Since` (RFC 9110, sections 8.8.2 and 13.1.3), in
//! such a way that no change is missed although both know whole seconds alone.

use std::time::SystemTime;

use actix_web::http::header::{self, HeaderMap, HttpDate};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use crate::clock;

/// When something was last changed (senast ändrad).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastModified {
    /// The last change, or the second after it where that is over: whoever asks with
    /// a date from before that second is over is answered anew.
    moment: DateTime<Utc>,
}

impl LastModified {
    /// Of what was last changed at this moment.
    pub fn of(changed: DateTime<Utc>) -> Self {
        Self::seen(changed, clock::now())
    }

    fn seen(changed: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let second = changed.trunc_subsecs(0);
        let next = if second == changed {
            second
        } else {
            second + TimeDelta::seconds(1)
        };
        let moment = if next > now { changed } else { next };
        Self { moment }
    }

    /// The value of the header: never after now.
    pub fn http_date(self) -> String {
        HttpDate::from(SystemTime::from(self.moment.trunc_subsecs(0))).to_string()
    }

    /// Whether the client has it by its date, which has to be the very one: after a
    /// restore from a backup the date may be an earlier one. An ETag that the client
    /// sends goes before the date (RFC 9110, 13.2.2).
    pub fn is_known(self, headers: &HeaderMap) -> bool {
        let since = headers.get(header::IF_MODIFIED_SINCE);
        let since = since.and_then(|value| value.to_str().ok()?.parse::<HttpDate>().ok());
        let since = since.map(|since| DateTime::<Utc>::from(SystemTime::from(since)));
        !headers.contains_key(header::IF_NONE_MATCH) && since == Some(self.moment)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_change_later_in_the_same_second_is_not_missed() {
        let first = LastModified::seen(at("2026-11-24T12:00:00.2Z"), at("2026-11-24T12:00:00.3Z"));
        assert_eq!(first.http_date(), "Tue, 24 Nov 2026 12:00:00 GMT");
        let request = TestRequest::default()
            .insert_header((header::IF_MODIFIED_SINCE, first.http_date()))
            .to_http_request();
        let later = LastModified::seen(at("2026-11-24T12:00:00.7Z"), at("2026-11-24T12:00:05Z"));
        assert!(!later.is_known(request.headers()));
        assert!(!first.is_known(request.headers()));

        let again = TestRequest::default()
            .insert_header((header::IF_MODIFIED_SINCE, later.http_date()))
            .to_http_request();
        assert_eq!(later.http_date(), "Tue, 24 Nov 2026 12:00:01 GMT");
        assert!(later.is_known(again.headers()));
    }
}
