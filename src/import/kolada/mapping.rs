//! From Kolada's key figure to an indicator, and what of an indicator is Kolada's.

use super::model::KeyFigure;
use super::titles::{discontinued_on, unit};
use crate::resources::indicators::{Direction, IndicatorContent};

/// Who publishes what Kolada publishes.
pub(super) const PUBLISHER: &str = "Kolada";

/// The most decimals that a new indicator is shown with; its figures keep all of theirs.
const MOST_SHOWN: u32 = 2;

/// With how many decimals a new indicator is shown whose figures have so many.
pub(super) fn decimals_shown(decimals: u32) -> i32 {
    i32::try_from(decimals.min(MOST_SHOWN)).unwrap_or_default()
}

/// An indicator for a key figure that is new here. Kolada has no unit, direction or
/// decimals: the unit is what the title says (`titles::unit`), the direction `none`,
/// and the decimals are those that its figures have, two at most. `decimals` says how
/// many those are, `divided` whether some are of women or of men, `source` where
/// Kolada is.
pub(super) fn fresh(
    key: &KeyFigure,
    decimals: u32,
    divided: bool,
    source: &str,
) -> IndicatorContent {
    let own = IndicatorContent {
        title: String::new(),
        definition: None,
        unit: unit(&key.title),
        decimals: decimals_shown(decimals),
        direction: Direction::Neither,
        divided_by_gender: false,
        sdgs: Vec::new(),
        responsible_board_id: None,
        publisher: None,
        publisher_id: None,
        operating_area: None,
        perspective: None,
        publication_period: None,
        next_publication: None,
        values_due: None,
        discontinued_on: None,
        replaced_by_code: None,
        source_url: None,
    };
    updated(&own, key, divided, source)
}

/// An indicator that is there, as it is to be. Kolada's are the title, definition,
/// dividedByGender, operatingArea, perspective, publicationPeriod, nextPublication,
/// publisher, publisherId and sourceUrl. All else stays as the municipality has set it:
/// unit, decimals, direction, sdgs, responsibleBoardId, valuesDue, replacedByCode.
/// discontinuedOn follows the title as long as the municipality has not set another day.
pub(super) fn updated(
    current: &IndicatorContent,
    key: &KeyFigure,
    divided: bool,
    source: &str,
) -> IndicatorContent {
    let told_before = discontinued_on(&current.title);
    let follows = current.discontinued_on.is_none() || current.discontinued_on == told_before;
    IndicatorContent {
        title: key.title.clone(),
        definition: key.description.clone(),
        divided_by_gender: divided,
        operating_area: key.operating_area.clone(),
        perspective: key.perspective.clone(),
        publication_period: key.period.clone(),
        next_publication: key.next_publication,
        publisher: Some(PUBLISHER.to_owned()),
        publisher_id: Some(key.id.clone()),
        source_url: Some(format!("{source}/kpi/{}", key.id)),
        discontinued_on: match follows {
            true => discontinued_on(&key.title),
            false => current.discontinued_on,
        },
        ..current.clone()
    }
}
