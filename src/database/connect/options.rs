//! Takes the TLS settings out of a connection string, because the library below knows fewer.

/// The TLS settings of a connection string (anslutningssträngens TLS-inställningar).
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// The value of `sslmode`.
    pub(super) mode: Option<String>,
    /// The value of `sslrootcert`.
    pub(super) root: Option<String>,
}

impl Options {
    /// Takes a setting that is one of these; false for any other.
    fn take(&mut self, key: &str, value: String) -> bool {
        match key {
            "sslmode" => self.mode = Some(value),
            "sslrootcert" => self.root = Some(value),
            _ => return false,
        }
        true
    }
}

/// The connection string without its TLS settings, and these. `None` when it is not one.
pub(super) fn split(text: &str) -> Option<(String, Options)> {
    let is_url = ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    if is_url {
        split_url(text)
    } else {
        split_pairs(text)
    }
}

fn split_url(url: &str) -> Option<(String, Options)> {
    // As the library does: a question mark before the first @ belongs to the password.
    let host = url.find('@').unwrap_or(0);
    let (_, after) = url.split_at(host);
    let Some(mark) = after.find('?').map(|at| at + host) else {
        return Some((url.to_owned(), Options::default()));
    };
    let (base, query) = url.split_at(mark);
    let mut options = Options::default();
    let mut kept = Vec::new();
    for pair in query.trim_start_matches('?').split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if !options.take(&percent_decoded(key)?, percent_decoded(value)?) {
            kept.push(pair);
        }
    }
    let query = kept.join("&");
    let rest = if query.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{query}")
    };
    Some((rest, options))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// `key = value` pairs; a value may stand in single quotes, and a backslash escapes what follows.
fn split_pairs(text: &str) -> Option<(String, Options)> {
    let mut options = Options::default();
    let mut kept = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, length) = value(after)?;
        let (raw, next) = after.split_at_checked(length)?;
        let key = key.trim_end();
        if !options.take(key, value) {
            kept.push(format!("{key}={raw}"));
        }
        rest = next.trim_start();
    }
    Some((kept.join(" "), options))
}

/// The value at the start of the text, and how many bytes it takes there.
fn value(text: &str) -> Option<(String, usize)> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut letters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\'' if quoted => return Some((value, at + 1)),
            '\\' => value.push(letters.next()?.1),
            letter if letter.is_whitespace() && !quoted => return Some((value, at)),
            letter => value.push(letter),
        }
    }
    (!quoted).then_some((value, text.len()))
}
