//! Who may read what is not open to all.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::{Role, Writer, forbidden};
use crate::problem::{Code, Problem};

/// Somebody with the key of an admin or an editor: 401 without a key, 403 with
/// another's.
#[derive(Clone, Debug)]
pub struct Insider(pub Writer);

impl FromRequest for Insider {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let writer = request.extensions().get::<Writer>().cloned();
        ready(match writer {
            None => Err(Problem::new(
                Code::MissingKey,
                "this is not open to all: Authorization: Bearer mb_…",
            )
            .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"malbild\"")),
            Some(writer) if writer.role == Role::Board => {
                Err(forbidden("a board's key may not read this".to_owned()))
            }
            Some(writer) => Ok(Self(writer)),
        })
    }
}
