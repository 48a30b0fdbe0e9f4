//! The settings of the catalogue and of what others find a service by.

use clap::{Args, ValueEnum};
use oxrdf::NamedNode;

/// What the catalogue says of the publisher and of the data.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Open data")]
pub struct OpenDataSettings {
    /// Who publishes the data, such as `Östersunds kommun`; without it there is no catalogue (/datasets/dcat)
    #[arg(long, env = "PUBLISHER_NAME", value_name = "NAME", value_parser = line)]
    pub publisher_name: Option<String>,
    /// The publisher's organisation number, ten digits; the data portal knows publishers by it
    #[arg(long, env = "PUBLISHER_ORGANISATION_NUMBER", value_name = "NUMBER", value_parser = organisation_number)]
    pub publisher_organisation_number: Option<String>,
    /// What kind of organisation the publisher is (ADMS)
    #[arg(
        long,
        env = "PUBLISHER_TYPE",
        value_enum,
        default_value_t = PublisherType::LocalAuthority,
        value_name = "TYPE"
    )]
    pub publisher_type: PublisherType,
    /// The publisher's own site
    #[arg(long, env = "PUBLISHER_URL", value_name = "URL", value_parser = web_address)]
    pub publisher_url: Option<String>,
    /// The themes of the data, in a comma list: codes of the EU's data themes
    #[arg(
        long,
        env = "CATALOGUE_THEMES",
        value_enum,
        value_delimiter = ',',
        default_value = "GOVE",
        value_name = "CODES"
    )]
    pub catalogue_themes: Vec<Theme>,
    /// How often goals and figures come anew: a code of the EU's frequencies, such as `ANNUAL`
    #[arg(long, env = "CATALOGUE_PERIODICITY", value_enum, value_name = "CODE")]
    pub catalogue_periodicity: Option<Frequency>,
    /// The area that the data are about, in a comma list of addresses, such as one of GeoNames
    #[arg(long, env = "CATALOGUE_SPATIAL", value_delimiter = ',', value_name = "URLS", value_parser = web_address)]
    pub catalogue_spatial: Vec<String>,
    /// Who is told of a weakness in the service, for security.txt, in a comma list: e-mail addresses, https addresses, `tel:`
    #[arg(long, env = "SECURITY_CONTACT", value_delimiter = ',', value_name = "CONTACTS", value_parser = security_contact)]
    pub security_contact: Vec<String>,
    /// How weaknesses are reported and dealt with: a page, https
    #[arg(long, env = "SECURITY_POLICY_URL", value_name = "URL", value_parser = secure_address)]
    pub security_policy_url: Option<String>,
}

/// What kind of organisation a publisher is (ADMS publisher type).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "PascalCase")]
pub enum PublisherType {
    /// A municipality.
    LocalAuthority,
    /// A region.
    RegionalAuthority,
    /// An authority of the state.
    NationalAuthority,
    /// A company.
    Company,
    /// An association of companies.
    IndustryConsortium,
    /// A body without profit.
    NonProfitOrganisation,
    /// A body that is not the state's.
    NonGovernmentalOrganisation,
    /// A university or an institute.
    #[value(name = "Academia-ScientificOrganisation")]
    Academia,
    /// A body that makes standards.
    StandardisationBody,
    /// A body above states.
    SupraNationalAuthority,
}

/// A theme of data (EU authority table `data-theme`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "UPPER")]
pub enum Theme {
    /// Agriculture, fisheries, forestry and food.
    Agri,
    /// Economy and finance.
    Econ,
    /// Education, culture and sport.
    Educ,
    /// Energy.
    Ener,
    /// Environment.
    Envi,
    /// Government and public sector.
    Gove,
    /// Health.
    Heal,
    /// International issues.
    Intr,
    /// Justice, legal system and public safety.
    Just,
    /// Regions and cities.
    Regi,
    /// Population and society.
    Soci,
    /// Science and technology.
    Tech,
    /// Transport.
    Tran,
}

/// How often data come anew (EU authority table `frequency`, those that fit such data).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Frequency {
    /// All the time.
    Cont,
    /// Updated all the time.
    UpdateCont,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every quarter.
    Quarterly,
    /// Three times a year.
    #[value(name = "ANNUAL_3")]
    ThreeTimesAYear,
    /// Twice a year.
    #[value(name = "ANNUAL_2")]
    TwiceAYear,
    /// Once a year.
    Annual,
    /// Every other year.
    Biennial,
    /// Without a rule.
    Irreg,
    /// Otherwise.
    Other,
}

/// The code of a choice, as the tables have it.
pub fn code(choice: impl ValueEnum) -> String {
    choice
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

/// A text in one line.
pub(super) fn line(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("must be text in one line".to_owned());
    }
    Ok(text.to_owned())
}

/// An address that stands in RDF, and so has to be an IRI (RFC 3987).
pub(super) fn web_address(text: &str) -> Result<String, String> {
    let text = text.trim();
    let web = text.starts_with("https://") || text.starts_with("http://");
    let named = NamedNode::new(text).ok().filter(|_| web);
    named
        .map(NamedNode::into_string)
        .ok_or_else(|| "must be a whole http or https address".to_owned())
}

fn secure_address(text: &str) -> Result<String, String> {
    let address = web_address(text)?;
    if address.starts_with("https://") && address.is_ascii() {
        Ok(address)
    } else {
        Err("must be a whole https address (RFC 9116)".to_owned())
    }
}

/// An e-mail address: what `mailto:` can stand before (RFC 6068).
pub(super) fn email(text: &str) -> Result<String, String> {
    let text = text.trim();
    let parts = text.split_once('@');
    let whole = parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let plain = !text.contains(|c: char| c.is_whitespace() || "<>,;?&%\"".contains(c));
    if whole && plain && NamedNode::new(format!("mailto:{text}")).is_ok() {
        Ok(text.to_owned())
    } else {
        Err("must be one e-mail address".to_owned())
    }
}

/// A contact as security.txt has it: a URI.
fn security_contact(text: &str) -> Result<String, String> {
    let text = text.trim();
    if let Some(address) = text.strip_prefix("mailto:") {
        return Ok(format!("mailto:{}", email(address)?));
    }
    if text.starts_with("tel:+") && NamedNode::new(text).is_ok() {
        return Ok(text.to_owned());
    }
    secure_address(text)
        .or_else(|_| email(text).map(|address| format!("mailto:{address}")))
        .map_err(|_| "must be an e-mail address, an https address, or tel:+46…".to_owned())
}

/// Ten digits, with a hyphen before the last four or without: the third is 2 at
/// least, the last is the check digit (Luhn).
fn organisation_number(text: &str) -> Result<String, String> {
    let text = text.trim();
    let number = match text.split_once('-') {
        Some((begin, end)) if begin.len() == 6 => format!("{begin}{end}"),
        _ => text.to_owned(),
    };
    let digits: Option<Vec<u32>> = number.chars().map(|digit| digit.to_digit(10)).collect();
    let digits = digits
        .filter(|digits| digits.len() == 10)
        .ok_or_else(|| "must be ten digits".to_owned())?;
    let sum: u32 = digits
        .iter()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, twice) => twice / 10 + twice % 10,
            _ => *digit,
        })
        .sum();
    if !sum.is_multiple_of(10) || digits.get(2).is_none_or(|third| *third < 2) {
        return Err("is not the number of an organisation: a digit is wrong".to_owned());
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_number_has_ten_digits_of_which_the_last_is_right() {
        for right in ["212000-2528", "2120002528", " 2021006883 "] {
            assert!(organisation_number(right).is_ok(), "{right}");
        }
        for wrong in [
            "",
            "2120002529",
            "212000252",
            "16212000-2528",
            "21200x2528",
            "21-20002528",
            "8112189876",
        ] {
            assert!(organisation_number(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses_are_whole_and_can_stand_in_rdf() {
        assert!(web_address("https://www.ostersund.se/").is_ok());
        for wrong in [
            "",
            "ostersund.se",
            "ftp://a.se",
            "https://a.se/a b",
            "https://a.se/<b>",
            "mailto:a@b.se",
        ] {
            assert!(web_address(wrong).is_err(), "{wrong}");
        }
        assert_eq!(email(" a@b.se ").as_deref(), Ok("a@b.se"));
        for wrong in [
            "a",
            "@b.se",
            "a@b",
            "a@b.se, c@d.se",
            "A <a@b.se>",
            "a@b.se?cc=x@y.se",
            "a b@c.se",
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_contact_for_security_becomes_a_uri() {
        for (given, uri) in [
            ("security@example.se", "mailto:security@example.se"),
            ("mailto:security@example.se", "mailto:security@example.se"),
            ("https://example.se/report", "https://example.se/report"),
            ("tel:+46-63-143000", "tel:+46-63-143000"),
        ] {
            assert_eq!(security_contact(given).as_deref(), Ok(uri));
        }
        for wrong in ["", "http://example.se/report", "tel:063", "Anna"] {
            assert!(security_contact(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn choices_have_the_codes_of_the_tables() {
        assert_eq!(code(Theme::Gove), "GOVE");
        assert_eq!(code(Frequency::UpdateCont), "UPDATE_CONT");
        assert_eq!(code(Frequency::TwiceAYear), "ANNUAL_2");
        assert_eq!(code(PublisherType::LocalAuthority), "LocalAuthority");
    }
}
