//! Which addresses the service calls when somebody else chose them: none that
//! leads back into the network it runs in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// How far the service reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, over https.
    Public,
    /// The inner network and the machine itself, too, and http as well.
    Inner,
}

/// What kind of address it is, where it is not an ordinary public one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Of an inner network or of the machine itself: open where the operator says so.
    Inner(&'static str),
    /// Never called.
    Never(&'static str),
}

/// Services that tell a cloud's machines their secrets, among addresses that are
/// private or public otherwise.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(169, 254, 169, 254),
];
const METADATA_V6: [Ipv6Addr; 3] = [
    Ipv6Addr::new(0xfd00, 0xc1, 0, 0, 0, 0, 0xa9fe, 0xa9fe),
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

impl Reach {
    /// Why this address is not called; nothing where it may be.
    pub fn refuses(self, address: IpAddr) -> Option<&'static str> {
        let kind = match address {
            IpAddr::V4(address) => kind_of_v4(address),
            IpAddr::V6(address) => kind_of_v6(address),
        };
        match (kind, self) {
            (None, _) | (Some(Kind::Inner(_)), Self::Inner) => None,
            (Some(Kind::Inner(what) | Kind::Never(what)), _) => Some(what),
        }
    }
}

fn kind_of_v4(address: Ipv4Addr) -> Option<Kind> {
    use Kind::{Inner, Never};
    if METADATA_V4.contains(&address) {
        return Some(Never("metadata"));
    }
    Some(match address.octets() {
        [0, ..] => Never("unspecified"),
        [127, ..] => Inner("loopback"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Inner("private"),
        [100, 64..=127, ..] => Inner("shared"),
        [169, 254, ..] => Never("link-local"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Never("documentation"),
        [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] => Never("reserved"),
        [224..=239, ..] => Never("multicast"),
        [255, 255, 255, 255] => Never("broadcast"),
        [240..=255, ..] => Never("reserved"),
        _ => return None,
    })
}

fn kind_of_v6(address: Ipv6Addr) -> Option<Kind> {
    use Kind::{Inner, Never};
    if METADATA_V6.contains(&address) {
        return Some(Never("metadata"));
    }
    if let Some(inner) = address.to_ipv4_mapped() {
        return kind_of_v4(inner);
    }
    let segments = address.segments();
    Some(match segments {
        // NAT64 carries on to the address within.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            return kind_of_v4(Ipv4Addr::new(a, b, c, d));
        }
        [0, 0, 0, 0, 0, 0, 0, 0] => Never("unspecified"),
        [0, 0, 0, 0, 0, 0, 0, 1] => Inner("loopback"),
        [0xfc00..=0xfdff, ..] => Inner("unique local"),
        [0xfe80..=0xfebf, ..] => Never("link-local"),
        [0xff00..=0xffff, ..] => Never("multicast"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Never("documentation"),
        // Teredo and what else is under 2001::/23, and 6to4: tunnels to an
        // address that is not this one, which nobody needs any more.
        [0x2001, 0..=0x1ff, ..] | [0x2002, ..] => Never("reserved"),
        [0x2000..=0x3fff, ..] => return None,
        // Everything else is not public: the compatible form of IPv4, site-local …
        _ => Never("reserved"),
    })
}

/// An address that somebody gives, parsed; or what is wrong with it, as the code
/// and the words of a fault. What a name leads to is found out at every connection.
pub fn judge(address: &str, reach: Reach) -> Result<Url, (&'static str, String)> {
    let forbidden = |detail: String| Err(("forbiddenAddress", detail));
    let Ok(url) = Url::parse(address) else {
        return Err((
            "invalidFormat",
            "url must be an absolute https address".to_owned(),
        ));
    };
    if url.scheme() != "https" && reach == Reach::Public {
        return forbidden("url must begin with https".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err((
            "notAllowed",
            "url must not hold a user or a password".to_owned(),
        ));
    }
    if url.fragment().is_some() {
        return Err(("notAllowed", "url must not have a fragment".to_owned()));
    }
    match literal(&url).and_then(|address| reach.refuses(address)) {
        Some(what) => forbidden(format!(
            "url leads to an address that is not called: {what}"
        )),
        None => Ok(url),
    }
}

/// The IP address that stands in a URL in the place of a name, however it is
/// written there: the parser has brought it to its usual form.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let host = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    host.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses that are never called from outside, with those among them that
    /// are open to an inner network.
    const FORBIDDEN: &[(&str, bool)] = &[
        ("127.0.0.1", true),
        ("127.255.255.255", true),
        ("10.0.0.1", true),
        ("172.16.0.1", true),
        ("172.31.255.255", true),
        ("192.168.1.1", true),
        ("100.64.0.1", true),
        ("100.127.255.255", true),
        ("100.100.100.200", false),
        ("168.63.129.16", false),
        ("169.254.0.1", false),
        ("169.254.169.254", false),
        ("0.0.0.0", false),
        ("0.1.2.3", false),
        ("192.0.0.192", false),
        ("192.0.2.1", false),
        ("198.51.100.1", false),
        ("203.0.113.1", false),
        ("192.88.99.1", false),
        ("198.18.0.1", false),
        ("224.0.0.1", false),
        ("239.255.255.255", false),
        ("240.0.0.1", false),
        ("255.255.255.255", false),
        ("::1", true),
        ("fc00::1", true),
        ("fd12:3456::1", true),
        ("::ffff:127.0.0.1", true),
        ("::ffff:10.0.0.1", true),
        ("64:ff9b::10.0.0.1", true),
        ("::ffff:169.254.169.254", false),
        ("64:ff9b::169.254.169.254", false),
        ("64:ff9b:1::10.0.0.1", false),
        ("::", false),
        ("::127.0.0.1", false),
        ("::10.0.0.1", false),
        ("::ffff:0:10.0.0.1", false),
        ("fd00:ec2::254", false),
        ("fd00:c1::a9fe:a9fe", false),
        ("fe80::1", false),
        ("fec0::1", false),
        ("ff02::1", false),
        ("2001::1", false),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", false),
        ("2001:db8::1", false),
        ("3fff::1", false),
        ("2002:7f00:1::1", false),
        ("2002:a00:1::1", false),
        ("100::1", false),
    ];

    #[test]
    fn no_address_of_an_inner_or_special_network_is_called() {
        for (address, inner) in FORBIDDEN {
            let parsed: IpAddr = address.parse().unwrap();
            assert!(Reach::Public.refuses(parsed).is_some(), "{address}");
            assert_eq!(Reach::Inner.refuses(parsed).is_none(), *inner, "{address}");
        }
        for open in [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2a00:1450::1",
            "64:ff9b::8.8.8.8",
            "::ffff:8.8.8.8",
        ] {
            let parsed: IpAddr = open.parse().unwrap();
            assert_eq!(Reach::Public.refuses(parsed), None, "{open}");
        }
    }

    #[test]
    fn an_address_is_seen_through_however_it_is_written() {
        for (address, _) in FORBIDDEN {
            let host = if address.contains(':') {
                format!("[{address}]")
            } else {
                (*address).to_owned()
            };
            let found = judge(&format!("https://{host}/x"), Reach::Public);
            assert_eq!(
                found.map(drop).map_err(|(code, _)| code),
                Err("forbiddenAddress"),
                "{host}"
            );
        }
        for written in [
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "１２７.0.0.1",
            "[::ffff:7f00:1]",
        ] {
            let found = judge(&format!("https://{written}/"), Reach::Public);
            assert_eq!(
                found.map(drop).map_err(|(code, _)| code),
                Err("forbiddenAddress"),
                "{written}"
            );
        }
    }

    #[test]
    fn http_is_for_the_inner_network_and_nobody_gives_a_password() {
        let code = |url, reach| judge(url, reach).map(drop).map_err(|(code, _)| code);
        assert_eq!(
            code("https://hooks.example.se/x?y=1", Reach::Public),
            Ok(())
        );
        assert_eq!(
            code("http://hooks.example.se/", Reach::Public),
            Err("forbiddenAddress")
        );
        assert_eq!(code("http://10.1.2.3:8080/", Reach::Inner), Ok(()));
        for wrong in [
            "https://a@e.se/",
            "https://a:b@e.se/",
            "https://:b@e.se/",
            "https://e.se/#x",
        ] {
            assert_eq!(code(wrong, Reach::Inner), Err("notAllowed"), "{wrong}");
        }
        assert_eq!(
            code("https://e.se:99999/", Reach::Public),
            Err("invalidFormat")
        );
    }
}
